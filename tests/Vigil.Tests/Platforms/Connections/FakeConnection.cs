using System.Net.Http.Headers;
using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Connections;

internal sealed class FakeConnection : IPlatformConnection
{
    public PlatformCapabilities Capabilities { get; } = new();

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) => [];

    public Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RetryAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<PushHint> ListenAsync(RemoteRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
