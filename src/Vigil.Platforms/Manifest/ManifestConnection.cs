using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Vigil.Platforms.Manifest.Nats;

namespace Vigil.Platforms.Manifest;

internal sealed class ManifestConnection : IPlatformConnection
{
    private readonly IReadOnlyList<string> _targetKinds;
    private readonly ManifestSettings _settings;
    private readonly RefreshedTokens? _tokens;
    private readonly PlatformHttp _http;
    private readonly NatsSubscriber? _nats;

    public ManifestConnection(
        ConnectionOptions connection,
        HttpClient http,
        TimeProvider time,
        IReadOnlyList<string> targetKinds,
        IReadOnlyList<ITokenRefreshHandler> refreshHandlers,
        ILoggerFactory loggers)
    {
        _targetKinds = targetKinds;
        _settings = new ManifestSettings(connection);
        _tokens = _settings.UsesApiKey
            ? null
            : new RefreshedTokens(connection, _settings.RefreshAddress, http, time, refreshHandlers, loggers.CreateLogger<RefreshedTokens>());
        _http = new PlatformHttp(connection, http, time, new PlatformDialect(Authenticate, ReadError), _tokens);
        _nats = NatsSettings.Of(connection, time) is { } nats
            ? new NatsSubscriber(nats, time, loggers.CreateLogger<NatsSubscriber>())
            : null;
        Capabilities = new PlatformCapabilities
        {
            Cancel = true,
            StartMarker = _settings.CanFind,
            Push = _nats is not null,
            Usage = true,
            Cadence = TimeSpan.FromMilliseconds(500),
        };
    }

    public PlatformCapabilities Capabilities { get; }

    public PushStatus PushStatus => _nats?.Status ?? PushStatus.Off;

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) => RunInput.Check(request, _targetKinds, hasVersions: false, ManifestOptions.All);

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var kind = ManifestSettings.Kinds.Single(kind => kind.Name == request.Target.Kind);
        using var response = await _http.ActAsync(
            PlatformRequest.Start, _settings.SubmitAddress(kind, request.Target.Id), writer => WriteStart(writer, kind, request), cancellationToken);
        return DurableExecution.Format.ReadStarted(response, response.Json());
    }

    /// <summary>Polls an execution. For up to 30 seconds after its start the platform may not know it; the lifecycle allows for that.</summary>
    public Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => DurableExecution.Format.PollAsync(
        run, () => _http.GetAsync("The status request", _settings.StatusAddress(run.RemoteId), cancellationToken));

    /// <summary>Requests a cancellation, which is best effort: the run may still complete.</summary>
    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        using var response = await _http.ActAsync("The cancellation", _settings.CancelAddress(run.RemoteId), writeMembers: null, cancellationToken);
    }

    public async Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (!_settings.CanFind)
        {
            throw new NotSupportedException();
        }

        using var response = await _http.GetAsync("The search for a start", _settings.FindAddress(request.ExecutionId), cancellationToken);
        return response.List("executions").FirstOrDefault() is { Exists: true } first ? DurableExecution.Format.ReadStarted(response, first) : null;
    }

    /// <summary>Polls an execution that does not exist; an accepted credential results in "not found", anything else throws.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken) => await GetDetailAsync(new RemoteRun("vigil-probe"), cancellationToken);

    public async IAsyncEnumerable<PushHint> ListenAsync(RemoteRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_nats is null)
        {
            throw new NotSupportedException();
        }

        await foreach (var subject in _nats.SubscribeAsync([$"exec.events.{run.RemoteId}", $"exec.output.{run.RemoteId}"], cancellationToken))
        {
            yield return new PushHint(subject, IsMessage: subject != NatsSubscriber.Reconnected);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_nats is not null)
        {
            await _nats.DisposeAsync();
        }

        _tokens?.Dispose();
    }

    private void WriteStart(Utf8JsonWriter writer, TargetKind kind, RunRequest request)
    {
        writer.WriteInput(kind.InputName, request.Input ?? "{}");
        ManifestOptions.Write(writer, new GivenOptions(request.Options), request.ExecutionId, new()
        {
            [ManifestOptions.LifecycleEvent] = kind.LifecycleEvent,
            [ManifestOptions.RingId] = _settings.RingId,
            [ManifestOptions.TimeoutSeconds] = _settings.TimeLimitSeconds ?? Math.Max(1, (long)request.Deadline.TotalSeconds),
        });
    }

    private void Authenticate(HttpRequestHeaders headers, string secret)
    {
        // Only one is sent, because the platform ignores the token if there is a key.
        Action<HttpRequestHeaders, string> authenticate = _tokens is null ? PlatformDialect.ApiKey : PlatformDialect.Bearer;
        authenticate(headers, secret);
        if (_settings.WorkspaceId is { } workspace)
        {
            headers.Add("X-Workspace-ID", workspace);
        }
    }

    /// <summary>Reads error bodies. Their form is not documented, so this tries the usual ones, the most detailed first.</summary>
    public static ErrorDetails ReadError(JsonView body)
    {
        var error = body["error"].IsObject ? body["error"] : body;
        return new(error["code"].Text(), error["message"].Text() ?? body["error"].Text() ?? body["detail"].Text());
    }
}
