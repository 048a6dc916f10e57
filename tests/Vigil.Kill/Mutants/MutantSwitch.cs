using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Kill;

/// <summary>Applies mutants to the services of a silo: one to everything, or each to the orders whose keys begin with its name.</summary>
internal sealed class MutantSwitch
{
    public const string Setting = "KILL_MUTANT";
    private const char Separator = '.';

    private readonly ConcurrentDictionary<string, (string Key, long SentAt)> _runs = new();
    private readonly IReadOnlyList<Mutant> _mutants;
    private readonly bool _byKey;

    private MutantSwitch(IReadOnlyList<Mutant> mutants, bool byKey) => (_mutants, _byKey) = (mutants, byKey);

    public static MutantSwitch Off { get; } = new([], byKey: true);

    /// <summary>Applies each mutant to its own orders.</summary>
    public static MutantSwitch ByKey(IEnumerable<Mutant> mutants) => new([.. mutants], byKey: true);

    /// <summary>Applies one mutant to everything.</summary>
    public static MutantSwitch Always(string? name) => name is null ? Off : new([AllMutants.Named(name)], byKey: false);

    public static string KeyOf(Mutant mutant) => $"{mutant.Name.Replace(' ', '-')}{Separator}1";

    public IVigilStore Over(IVigilStore store) => _mutants.Count == 0 ? store : Interceptor.Before(store, (method, arguments, call) =>
    {
        if (method.Name == nameof(IVigilStore.WriteAsync) && arguments[0] is ExecutionWrite write && Of(write.Id)?.Write is { } change)
        {
            arguments[0] = change(write);
        }

        return method.Name == nameof(IVigilStore.LeaseDeliveriesAsync) ? LeaseAsync((Task<ImmutableArray<StoredDelivery>>)call()!, store, (string)arguments[0]!) : call();
    });

    public IPlatformConnection Over(IPlatformConnection connection) => _mutants.Count == 0 ? connection : Interceptor.Before(connection, (method, arguments, call) => method.Name switch
    {
        nameof(IPlatformConnection.SubmitAsync) => SubmitAsync(connection, (RunRequest)arguments[0]!, () => (Task<Submitted>)call()!),
        nameof(IPlatformConnection.PollAsync) => PollAsync(connection, (IReadOnlyList<RemoteRun>)arguments[0]!, () => (Task<ImmutableArray<PollAnswer>>)call()!),
        nameof(IPlatformConnection.GetDetailAsync) => DetailAsync((RemoteRun)arguments[0]!, (Task<PollAnswer>)call()!),
        nameof(IPlatformConnection.CancelAsync) when OfRun((RemoteRun)arguments[0]!)?.SwallowsCancel == true => Task.CompletedTask,
        _ => call(),
    });

    public void Extend(WebApplication app)
    {
        app.Use((HttpContext context, Func<Task> next) => OfPath(context.Request.Path)?.Answer is { } answer ? answer(context, next) : next());
        foreach (var besides in _mutants.Where(mutant => !_byKey || mutant.IsGlobal).Select(mutant => mutant.Besides).OfType<Func<IServiceProvider, Task>>())
        {
            app.Lifetime.ApplicationStarted.Register(() => _ = Task.Run(() => besides(app.Services)));
        }
    }

    private Mutant? Only => _mutants is [var only, ..] ? only : null;

    private Mutant? Of(string key) => _byKey ? _mutants.FirstOrDefault(mutant => key == KeyOf(mutant)) : Only;

    private Mutant? OfRun(RemoteRun run) => _byKey ? _runs.TryGetValue(run.RemoteId, out var known) ? Of(known.Key) : null : Only;

    private Mutant? OfPath(string path) => !_byKey || !path.StartsWith("/v1/", StringComparison.Ordinal)
        ? _mutants.FirstOrDefault(mutant => mutant.Answer is not null && (!_byKey || mutant.IsGlobal))
        : _mutants.FirstOrDefault(mutant => path.Contains(KeyOf(mutant), StringComparison.Ordinal));

    private async Task<ImmutableArray<StoredDelivery>> LeaseAsync(Task<ImmutableArray<StoredDelivery>> leased, IVigilStore store, string worker)
    {
        List<StoredDelivery> deliveries = [];
        List<DeliveryOutcome> dropped = [];
        foreach (var delivery in await leased)
        {
            var instead = Of(delivery.Event.ExecutionId)?.Deliver?.Invoke(delivery).ToList() ?? [delivery];
            deliveries.AddRange(instead);
            if (instead.TrueForAll(other => other.Id != delivery.Id))
            {
                dropped.Add(new(delivery.Id, worker, DueAgainAt: null, Error: null));
            }
        }

        if (dropped.Count > 0)
        {
            await store.SettleDeliveriesAsync([.. dropped]);
        }

        return [.. deliveries];
    }

    private async Task<Submitted> SubmitAsync(IPlatformConnection connection, RunRequest request, Func<Task<Submitted>> submit)
    {
        var submitted = await (Of(request.ExecutionId)?.Submit?.Invoke(connection, request) ?? submit());
        _runs[submitted.RemoteId] = (request.ExecutionId, Stopwatch.GetTimestamp());
        return submitted;
    }

    private async Task<ImmutableArray<PollAnswer>> PollAsync(IPlatformConnection connection, IReadOnlyList<RemoteRun> runs, Func<Task<ImmutableArray<PollAnswer>>> poll)
    {
        if (runs.Count == 1 && OfRun(runs[0])?.LooksAway?.Invoke(_runs.TryGetValue(runs[0].RemoteId, out var known) ? Stopwatch.GetElapsedTime(known.SentAt) : TimeSpan.Zero) == true)
        {
            return [PollAnswer.Unchanged.Instance];
        }

        var answers = await poll();
        foreach (var run in runs)
        {
            await (OfRun(run)?.OnPoll?.Invoke(connection, run) ?? Task.CompletedTask);
        }

        return [.. answers.Zip(runs, Changed)];
    }

    private async Task<PollAnswer> DetailAsync(RemoteRun run, Task<PollAnswer> detail) => Changed(await detail, run);

    private PollAnswer Changed(PollAnswer answer, RemoteRun run) =>
        answer is PollAnswer.Seen seen && OfRun(run)?.See is { } see ? seen with { Snapshot = see(seen.Snapshot) } : answer;
}
