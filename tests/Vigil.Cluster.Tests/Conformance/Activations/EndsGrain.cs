using Vigil.Cluster.Tests.Conformance.Calls;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>Begins and ends in unusual ways, which its journal asks for by an entry "please ...".</summary>
[Alias("conformance.IEndsGrain")]
internal interface IEndsGrain : IGrainWithStringKey
{
    [Alias("GetNumber")]
    Task<int> GetNumberAsync();

    /// <summary>Ends for a reason of its own.</summary>
    [Alias("EndFor")]
    Task EndForAsync(string reason);

    [Alias("Migrate")]
    Task MigrateAsync();

    /// <summary>Awaits its own end in the background, and writes it down.</summary>
    [Alias("AwaitEnd")]
    Task AwaitEndAsync();

    /// <summary>Yields a few times and, if told to, ends.</summary>
    [Alias("Work")]
    Task<int> WorkAsync(bool end);
}

internal sealed class EndsGrain(Stage stage) : Grain, IEndsGrain
{
    private int _number;

    private string Key => this.GetPrimaryKeyString();

    private Journal Journal => stage.Journal(Key);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add("activating");
        _number = Journal.Count("activating");
        if (_number == 1 && Journal.Count("please end at once") == 1)
        {
            DeactivateOnIdle();
        }

        if (Journal.Count("please tick at once") == 1)
        {
            this.RegisterGrainTimer(
                () =>
                {
                    Journal.Add("ticked");
                    return Task.CompletedTask;
                },
                TimeSpan.Zero,
                Timeout.InfiniteTimeSpan);
            await stage.Gate(Key).PassAsync(cancellationToken);
        }

        if (Journal.Count("please call") == 1)
        {
            await GrainFactory.GetGrain<ICallGrain>(Key).TouchAsync("called from OnActivateAsync");
        }

        Journal.Add("activated");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add($"ending: {reason.ReasonCode}, {reason.Description}");
        if (Journal.Count("please call") == 1)
        {
            await GrainFactory.GetGrain<ICallGrain>(Key).TouchAsync("called from OnDeactivateAsync");
        }

        await Task.Yield();
        Journal.Add("ended");
    }

    public Task<int> GetNumberAsync() => Task.FromResult(_number);

    public Task EndForAsync(string reason)
    {
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, reason));
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "a second reason"));
        return Task.CompletedTask;
    }

    public Task MigrateAsync()
    {
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    public Task AwaitEndAsync()
    {
        _ = NoteEndAsync(GrainContext, Journal);
        return Task.CompletedTask;

        static async Task NoteEndAsync(IGrainContext context, Journal journal)
        {
            await context.Deactivated;
            journal.Add("deactivated");
        }
    }

    public async Task<int> WorkAsync(bool end)
    {
        if (end)
        {
            DeactivateOnIdle();
        }

        await Task.Yield();
        return _number;
    }
}
