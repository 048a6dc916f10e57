using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Vigil.Platforms;

namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>A platform in memory. A test says where each run stands and how long answers take, and reads what was asked.</summary>
internal sealed class ScriptedPlatform : IPlatform, IPlatformConnection
{
    public const string ConnectionName = "scripted";

    private readonly ConcurrentDictionary<string, Snapshot> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<RunRequest> _started = new();
    private readonly ConcurrentQueue<PolledRun> _polled = new();
    private readonly ConcurrentQueue<string> _cancelled = new();
    private volatile TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "scripted";

    public IReadOnlyList<string> TargetKinds => ["workflow"];

    public PlatformCapabilities Capabilities { get; set; } = new() { Cancel = true, Retry = true, Steps = true, Cadence = TimeSpan.FromMilliseconds(100) };

    /// <summary>Gets or sets what a status request waits for before it is answered.</summary>
    public Func<CancellationToken, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Gets or sets what a start does before it is accepted.</summary>
    public Func<RunRequest, Task> BeforeStart { get; set; } = _ => Task.CompletedTask;

    /// <summary>Gets the starts that were asked for, in order.</summary>
    public IReadOnlyCollection<RunRequest> Started => _started;

    /// <summary>Gets the status requests, in order.</summary>
    public IReadOnlyCollection<PolledRun> Polled => _polled;

    /// <summary>Gets the ids of the runs that were asked to stop.</summary>
    public IReadOnlyCollection<string> Cancelled => _cancelled;

    /// <summary>Returns the platform's id of an execution's run.</summary>
    public static string RunOf(string executionId) => $"run-of-{executionId}";

    /// <summary>Says where a run stands from now on.</summary>
    public void Set(string executionId, Snapshot snapshot) => _runs[RunOf(executionId)] = snapshot;

    /// <summary>Says where a run stands from now on.</summary>
    public void Set(string executionId, ExecutionStatus status, params StepSnapshot[] steps) => Set(executionId, SnapshotOf(status, steps));

    public static Snapshot SnapshotOf(ExecutionStatus status, params StepSnapshot[] steps) => new()
    {
        Status = status,
        RawStatus = status.ToString(),
        Steps = [.. steps],
        Output = status == ExecutionStatus.Succeeded ? """{"answer":42}""" : null,
    };

    /// <summary>Waits until the platform has been asked for something that makes a condition true.</summary>
    public async Task WaitForAsync(Func<ScriptedPlatform, bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            var asked = _asked.Task;
            if (condition(this))
            {
                return;
            }

            await asked.WaitAsync(patience.Token).OrFailAsync($"The platform was never asked so that {what}.");
        }
    }

    public int PollsOf(string executionId) => _polled.Count(poll => poll.RemoteId == RunOf(executionId));

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) => this;

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) =>
        request.Target.Id.Length > 40 ? [new("target.id", "is longer than 40 characters.")] : [];

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        _started.Enqueue(request);
        Asked();
        await BeforeStart(request);
        _runs.TryAdd(RunOf(request.ExecutionId), SnapshotOf(ExecutionStatus.Running));
        return new(RunOf(request.ExecutionId));
    }

    public async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken)
    {
        foreach (var run in runs)
        {
            _polled.Enqueue(new(run.RemoteId, TimeProvider.System.GetTimestamp()));
        }

        Asked();
        await BeforeAnswer(cancellationToken);
        return [.. runs.Select(run => _runs.TryGetValue(run.RemoteId, out var snapshot) ? new PollAnswer.Seen(snapshot) : (PollAnswer)new PollAnswer.NotFound())];
    }

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => (await PollAsync([run], default, cancellationToken))[0];

    public Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        _cancelled.Enqueue(run.RemoteId);
        _runs[run.RemoteId] = SnapshotOf(ExecutionStatus.Cancelled);
        Asked();
        return Task.CompletedTask;
    }

    public Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RetryAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ProbeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<PushHint> ListenAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Asked() => Interlocked.Exchange(ref _asked, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}

/// <summary>One run in one status request.</summary>
internal sealed record PolledRun(string RemoteId, long Timestamp);
