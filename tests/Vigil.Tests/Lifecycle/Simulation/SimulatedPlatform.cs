using System.Net.Http.Headers;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The adapter of one silo: its requests go to the platform that all silos share, and times in the answers are set to the silo's clock.</summary>
internal sealed class SimulatedPlatform(World world, Silo silo) : IPlatform, IPlatformConnection
{
    public string Name => "simulated";

    public IReadOnlyList<string> TargetKinds => ["workflow"];

    public PlatformCapabilities Capabilities => world.Scenario.Capabilities;

    private RemotePlatform Platform => world.Platform;

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) => this;

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) => [];

    public Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken) => SendAsync(request.ExecutionId, retryOf: null);

    public Task RetryAsync(RemoteRun run, CancellationToken cancellationToken) => SendAsync(Callers.ExecutionId, run.RemoteId);

    public async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken) =>
        [Localized(await Platform.AskAsync(Assert.Single(runs).RemoteId, isDetail: false))];

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) =>
        Localized(await Platform.AskAsync(run.RemoteId, isDetail: true));

    public async Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) =>
        new([.. (await Platform.ListAsync()).Select(run => KeyValuePair.Create(run.Id, Localized(run.Snapshot)))], null);

    public Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken) => Platform.CancelAsync(run.RemoteId);

    public Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        world.Trace?.Invoke($"{silo.Name}: looks for the marker");
        return Platform.FindAsync(request.ExecutionId);
    }

    public Task ProbeAsync(CancellationToken cancellationToken) => Platform.ProbeAsync();

    public Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Submitted> SendAsync(string executionId, string? retryOf)
    {
        if (world.Breakage.SendDelaySeconds > 0)
        {
            await silo.Delay(world.Breakage.SendDelaySeconds);
        }

        world.Promises.Sent(silo);
        world.Trace?.Invoke($"{silo.Name}: sends");
        var submitted = await Platform.SubmitAsync(executionId, retryOf);
        return submitted.Snapshot is { } snapshot ? submitted with { Snapshot = Localized(snapshot) } : submitted;
    }

    private PollAnswer Localized(PollAnswer answer) => answer is PollAnswer.Seen seen ? new PollAnswer.Seen(Localized(seen.Snapshot)) : answer;

    private Snapshot Localized(Snapshot snapshot) => silo.Clock.Ahead == TimeSpan.Zero
        ? snapshot
        : snapshot with { EndedAt = snapshot.EndedAt + silo.Clock.Ahead, ClockAhead = -silo.Clock.Ahead };
}
