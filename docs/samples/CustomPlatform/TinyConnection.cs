using System.Collections.Immutable;
using System.Text.Json;
using Vigil;
using Vigil.Platforms;

namespace Tiny;

/// <summary>An account on Tiny.</summary>
internal sealed class TinyConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IReadOnlyList<string> targetKinds)
    : IPlatformConnection
{
    private readonly Uri _base = connection.BaseAddress!;
    private readonly PlatformHttp _http = new(connection, http, time, new PlatformDialect(
        PlatformDialect.Bearer,
        ReadError: body => new ErrorDetails(body["code"].Text(), body["message"].Text()))
    {
        IsOwn = body => body["code"].Text() is not null,
    });

    public PlatformCapabilities Capabilities { get; } = new() { Cancel = true };

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) => RunInput.Check(request, targetKinds, hasVersions: false);

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var start = new PlatformRequest(PlatformRequest.Start, HttpMethod.Post, RemotePath.Build(_base, $"jobs/{request.Target.Id}/runs"))
        {
            Acts = true,
            Content = PlatformRequest.Json(writer => writer.WriteRawValue(request.Input ?? "{}", skipInputValidation: true)),
        };
        using var answer = await _http.SendAsync(start, cancellationToken);
        return TinyRun.Format.ReadStarted(answer, answer.Json());
    }

    public Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => TinyRun.Format.PollAsync(
        run, () => _http.SendAsync(new("The status request", HttpMethod.Get, RemotePath.Build(_base, $"runs/{run.RemoteId}")), cancellationToken));

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        using var answer = await _http.SendAsync(
            new("The cancellation", HttpMethod.Post, RemotePath.Build(_base, $"runs/{run.RemoteId}/cancel")) { Acts = true }, cancellationToken);
    }

    public async Task ProbeAsync(CancellationToken cancellationToken) => await GetDetailAsync(new RemoteRun("probe"), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
