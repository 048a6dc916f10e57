using System.Globalization;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Reminders;

[GenerateSerializer, Alias("conformance.Misuse")]
public enum Misuse
{
    PeriodTooShort,
    PeriodNegative,
    PeriodInfinite,
    DueTimeNegative,
    DueTimeInfinite,
    NameEmpty,
    NameOfUnknownEmpty,
    OutsideTheGrain,
}

/// <summary>Writes down the ticks of its reminders.</summary>
[Alias("conformance.IReminderGrain")]
internal interface IReminderGrain : IGrainWithStringKey
{
    /// <summary>Registers, and returns the name that the reminder says it has.</summary>
    [Alias("Register")]
    Task<string> RegisterAsync(string name, TimeSpan dueTime, TimeSpan period);

    /// <summary>Looks for a reminder and returns its name, or null.</summary>
    [Alias("Find")]
    Task<string?> FindAsync(string name);

    [Alias("List")]
    Task<List<string>> ListAsync();

    [Alias("Unregister")]
    Task UnregisterAsync(string name);

    /// <summary>Registers twice and unregisters with what the first time returned; returns the type of what that throws.</summary>
    [Alias("UnregisterStale")]
    Task<string> UnregisterStaleAsync(string name);

    /// <summary>Uses reminders as they must not be used, and returns the type of what that throws.</summary>
    [Alias("Abuse")]
    Task<string> AbuseAsync(Misuse misuse);

    [Alias("Deactivate")]
    Task DeactivateAsync();

    [Alias("Hold")]
    Task HoldAsync();
}

/// <summary>Registers reminders that it could not receive.</summary>
[Alias("conformance.IUnremindableGrain")]
internal interface IUnremindableGrain : IGrainWithStringKey
{
    [Alias("Register")]
    Task RegisterAsync();
}

internal sealed class UnremindableGrain : Grain, IUnremindableGrain
{
    public Task RegisterAsync() => this.RegisterOrUpdateReminder("name", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
}

internal sealed class ReminderGrain(Stage stage) : Grain, IReminderGrain, IRemindable
{
    private string Key => this.GetPrimaryKeyString();

    private Journal Journal => stage.Journal(Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add("activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add("deactivated");
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Journal.Add($"{reminderName} ticks");
        Journal.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{reminderName} every {status.Period.TotalMilliseconds} ms, first before now: {status.FirstTickTime <= status.CurrentTickTime}, {status.CurrentTickTime.Kind}"));
        if (reminderName == "failing")
        {
            throw new InvalidOperationException("The tick fails as told.");
        }

        if (reminderName == "ending")
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    public async Task<string> RegisterAsync(string name, TimeSpan dueTime, TimeSpan period) =>
        (await this.RegisterOrUpdateReminder(name, dueTime, period)).ReminderName;

    public async Task<string?> FindAsync(string name) => (await this.GetReminder(name))?.ReminderName;

    public async Task<List<string>> ListAsync() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order()];

    public async Task UnregisterAsync(string name) =>
        await this.UnregisterReminder(await this.GetReminder(name) ?? throw new InvalidOperationException($"There is no reminder {name}."));

    public async Task<string> UnregisterStaleAsync(string name)
    {
        var first = await this.RegisterOrUpdateReminder(name, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        await this.RegisterOrUpdateReminder(name, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2));
        return await TypeThrownByAsync(() => this.UnregisterReminder(first));
    }

    public Task<string> AbuseAsync(Misuse misuse)
    {
        var minute = TimeSpan.FromMinutes(1);
        return TypeThrownByAsync(() => misuse switch
        {
            Misuse.PeriodTooShort => (Task)this.RegisterOrUpdateReminder("name", minute, TimeSpan.FromMilliseconds(1)),
            Misuse.PeriodNegative => this.RegisterOrUpdateReminder("name", minute, -minute),
            Misuse.PeriodInfinite => this.RegisterOrUpdateReminder("name", minute, Timeout.InfiniteTimeSpan),
            Misuse.DueTimeNegative => this.RegisterOrUpdateReminder("name", -minute, minute),
            Misuse.DueTimeInfinite => this.RegisterOrUpdateReminder("name", Timeout.InfiniteTimeSpan, minute),
            Misuse.NameEmpty => this.RegisterOrUpdateReminder("", minute, minute),
            Misuse.NameOfUnknownEmpty => this.GetReminder(""),
            Misuse.OutsideTheGrain => Task.Run(() => this.RegisterOrUpdateReminder("name", minute, minute)),
            _ => throw new NotSupportedException(),
        });
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task HoldAsync()
    {
        Journal.Add("hold begins");
        await stage.Gate(Key).PassAsync();
        Journal.Add("hold ends");
    }

    private static async Task<string> TypeThrownByAsync(Func<Task> action)
    {
        try
        {
            await action();
            return "nothing";
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or ReminderException)
        {
            return exception.GetType().Name;
        }
    }
}
