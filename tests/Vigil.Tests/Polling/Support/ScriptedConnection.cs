using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Vigil.Platforms;

namespace Vigil.Tests.Polling.Support;

/// <summary>A platform that answers as the test says, and remembers what it was asked and when.</summary>
internal sealed class ScriptedConnection(TimeProvider time) : IPlatformConnection
{
    private readonly Dictionary<string, TaskCompletionSource<PushHint>> _pushes = [];

    public PlatformCapabilities Capabilities { get; set; } = new() { DefaultBudget = new(1_000_000, 1_000_000), Cancel = true, Retry = true };

    /// <summary>Gets what it knows of runs; what is not here is not found.</summary>
    public Dictionary<string, PollAnswer> Runs { get; } = [];

    /// <summary>Gets what it was asked, in order.</summary>
    public List<Asked> Requests { get; } = [];

    /// <summary>Gets or sets how long each answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Gets or sets what happens when a request arrives; what it throws is the answer.</summary>
    public Action<Asked>? Arrives { get; set; }

    public Func<IReadOnlyList<RemoteRun>, ImmutableArray<PollAnswer>>? Answers { get; set; }

    public Func<RunRequest, Submitted>? Starts { get; set; }

    public Func<Submitted?>? Marker { get; set; }

    public Func<string?, ActivePage>? Pages { get; set; }

    public Func<RemoteRun, string> Key { get; set; } = _ => "";

    public bool Hangs { get; set; }

    public int Listeners { get; private set; }

    public IEnumerable<Asked> Polls => Requests.Where(request => request.Operation == "poll");

    public static Snapshot Running(string? step = null) =>
        new() { Status = ExecutionStatus.Running, RawStatus = "running", Progress = step is null ? null : new(null, null, null, step) };

    public static Snapshot Ended(ExecutionStatus status = ExecutionStatus.Succeeded, DateTimeOffset? at = null) =>
        new() { Status = status, RawStatus = status.ToString(), EndedAt = at };

    public static PlatformException Error(
        PlatformErrorKind kind, int? status = null, TimeSpan? retryAfter = null, bool certain = false) =>
        new(new(kind, "scripted", "As the test says.", status, retryAfter, certain));

    public void See(string remoteId, Snapshot snapshot) => Runs[remoteId] = new PollAnswer.Seen(snapshot);

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) => [];

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        await ArriveAsync("start", [request.ExecutionId], cancellationToken);
        return Starts?.Invoke(request) ?? new($"run-of-{request.ExecutionId}");
    }

    public async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken)
    {
        await ArriveAsync("poll", [.. runs.Select(run => run.RemoteId)], cancellationToken);
        var answers = Answers?.Invoke(runs) ?? [.. runs.Select(run => Runs.GetValueOrDefault(run.RemoteId) ?? new PollAnswer.NotFound())];
        return known.IsEmpty ? answers : [.. answers.Select((answer, i) => answer is PollAnswer.Seen { Hash: > 0 and var hash } && hash == known.Span[i] ? PollAnswer.Unchanged.Instance : answer)];
    }

    public string BatchKey(RemoteRun run) => Key(run);

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken)
    {
        await ArriveAsync("detail", [run.RemoteId], cancellationToken);
        return Runs.GetValueOrDefault(run.RemoteId) ?? new PollAnswer.NotFound();
    }

    public async Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken)
    {
        await ArriveAsync("list", cursor is null ? [] : [cursor], cancellationToken);
        return Pages?.Invoke(cursor) ?? new([], null);
    }

    public Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken) => ArriveAsync("cancel", [run.RemoteId], cancellationToken);

    public Task RetryAsync(RemoteRun run, CancellationToken cancellationToken) => ArriveAsync("retry", [run.RemoteId], cancellationToken);

    public async Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        await ArriveAsync("find", [request.ExecutionId], cancellationToken);
        return Marker?.Invoke();
    }

    public Task ProbeAsync(CancellationToken cancellationToken) => ArriveAsync("probe", [], cancellationToken);

    public Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<PushHint> ListenAsync(RemoteRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Listeners++;
        try
        {
            while (true)
            {
                var push = PushOf(run.RemoteId);
                await using var cancelled = cancellationToken.Register(() => push.TrySetCanceled(cancellationToken));
                var hint = await push.Task;
                _pushes.Remove(run.RemoteId);
                yield return hint;
            }
        }
        finally
        {
            Listeners--;
        }
    }

    public void Push(string remoteId) => PushOf(remoteId).SetResult(new("scripted"));

    public void MissPushes(string remoteId) => PushOf(remoteId).SetResult(new("scripted gap", IsMessage: false));

    public void BreakPush(string remoteId)
    {
        PushOf(remoteId).SetException(new IOException("As the test says."));
        _pushes.Remove(remoteId);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private TaskCompletionSource<PushHint> PushOf(string remoteId)
    {
        if (!_pushes.TryGetValue(remoteId, out var push))
        {
            _pushes.Add(remoteId, push = new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return push;
    }

    private async Task ArriveAsync(string operation, string[] ids, CancellationToken cancellationToken)
    {
        var asked = new Asked(operation, time.GetUtcNow() - ManualTimeProvider.Start, ids);
        Requests.Add(asked);
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, CancellationToken.None);
        }

        if (Latency > TimeSpan.Zero)
        {
            await Task.Delay(Latency, time, cancellationToken);
        }

        Arrives?.Invoke(asked);
    }
}

/// <summary>What the platform was asked.</summary>
internal sealed record Asked(string Operation, TimeSpan At, string[] Ids);
