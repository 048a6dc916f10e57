using System.Net.Http.Headers;
using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Tiny;

/// <summary>An account on Tiny.</summary>
internal sealed class TinyConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IReadOnlyList<string> targetKinds)
    : IPlatformConnection
{
    private readonly Uri _base = connection.BaseAddress!;
    private readonly PlatformHttp _http = new(connection, http, time, new PlatformDialect(
        Authenticate: (headers, secret) => headers.Authorization = new AuthenticationHeaderValue("Bearer", secret),
        ReadError: body => new ErrorWords(body["code"].Text(), body["message"].Text())));

    public PlatformCapabilities Capabilities { get; } = new() { Cancel = true };

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input)
    {
        var errors = new List<FieldError>();
        RunInput.CheckTarget(request.Target, targetKinds, hasVersions: false, errors);
        return [.. errors];
    }

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var start = new PlatformRequest("The start", HttpMethod.Post, RemotePath.Below(_base, $"jobs/{request.Target.Id}/runs"))
        {
            Acts = true,
            Content = PlatformRequest.Json(writer => writer.WriteRawValue(request.Input ?? "{}", skipInputValidation: true)),
        };
        using var answer = await _http.SendAsync(start, cancellationToken);
        return answer.Json()["id"].Text() is { } id && RemotePath.CanHold(id) ? new Submitted(id) : throw answer.Unusable("it has no run id");
    }

    public async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(runs.Count, 1);
        return [await GetDetailAsync(runs[0], cancellationToken)];
    }

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken)
    {
        if (!RemotePath.CanHold(run.RemoteId))
        {
            return new PollAnswer.NotFound();
        }

        try
        {
            using var answer = await _http.SendAsync(
                new("The status request", HttpMethod.Get, RemotePath.Below(_base, $"runs/{run.RemoteId}")), cancellationToken);
            return TinyRun.Read(answer, run);
        }
        catch (PlatformException e) when (e.Error is { StatusCode: 404, Kind: PlatformErrorKind.Final })
        {
            return new PollAnswer.NotFound();
        }
    }

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        using var answer = await _http.SendAsync(
            new("The cancellation", HttpMethod.Post, RemotePath.Below(_base, $"runs/{run.RemoteId}/cancel")) { Acts = true }, cancellationToken);
    }

    public async Task ProbeAsync(CancellationToken cancellationToken) => await GetDetailAsync(new RemoteRun("probe"), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
