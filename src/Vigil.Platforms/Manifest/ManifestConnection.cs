using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Vigil.Platforms.Manifest.Nats;

namespace Vigil.Platforms.Manifest;

/// <summary>An account on the Manifest Platform.</summary>
internal sealed class ManifestConnection : IPlatformConnection
{
    /// <summary>The key in a run's config that holds the execution's id.</summary>
    public const string Marker = "vigil_execution_id";

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
        _http = new PlatformHttp(connection, http, time, new PlatformDialect(Authenticate, ManifestErrors.Read), _tokens);
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

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input)
    {
        var errors = new List<FieldError>();
        RunInput.CheckTarget(request.Target, _targetKinds, hasVersions: false, errors);
        return [.. errors];
    }

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var kind = ManifestSettings.Kinds.Single(kind => kind.Name == request.Target.Kind);
        using var answer = await _http.SendAsync(
            new("The start", HttpMethod.Post, _settings.SubmitAddress(kind, request.Target.Id))
            {
                Acts = true,
                Content = PlatformRequest.Json(writer => WriteStart(writer, kind, request)),
            },
            cancellationToken);
        return ReadStarted(answer.Json()) ?? throw answer.Unusable("it has no execution id");
    }

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken)
    {
        if (!RemotePath.CanHold(run.RemoteId))
        {
            return new PollAnswer.NotFound();
        }

        try
        {
            using var answer = await _http.SendAsync(new("The status request", HttpMethod.Get, _settings.StatusAddress(run.RemoteId)), cancellationToken);
            return ReadStatus(answer, run);
        }
        catch (PlatformException e) when (e.Error is { StatusCode: 404, Kind: PlatformErrorKind.Final })
        {
            // This is expected for up to 30 seconds after a start; the lifecycle allows for it, and the adapter only reports the answer.
            return new PollAnswer.NotFound();
        }
    }

    /// <summary>Requests a cancellation. It is best effort: the run may still end by itself.</summary>
    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        using var answer = await _http.SendAsync(
            new("The cancellation", HttpMethod.Post, _settings.CancelAddress(run.RemoteId)) { Acts = true }, cancellationToken);
    }

    public async Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        if (!_settings.CanFind)
        {
            throw new NotSupportedException();
        }

        using var answer = await _http.SendAsync(
            new("The search for a start", HttpMethod.Get, _settings.FindAddress(request.ExecutionId)), cancellationToken);
        var found = answer.Json()["executions"] is { IsArray: true } executions ? executions : throw answer.Unusable("it has no list of executions");
        return found.Items().FirstOrDefault() is { Exists: true } first ? ReadStarted(first) ?? throw answer.Unusable("it has no execution id") : null;
    }

    /// <summary>Polls an execution that does not exist: any answer other than "not found" means that the credential was refused.</summary>
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
        writer.WriteStartObject();
        writer.WritePropertyName(kind.InputName);
        writer.WriteRawValue(request.Input ?? "{}", skipInputValidation: true);
        writer.WriteStartObject("config");
        writer.WriteString(Marker, request.ExecutionId);
        writer.WriteEndObject();
        writer.WriteString("lifecycle_event", kind.LifecycleEvent);
        if (_settings.RingId is { } ring)
        {
            writer.WriteString("ring_id", ring);
        }

        writer.WriteNumber("timeout_seconds", _settings.TimeLimitSeconds ?? Math.Max(1, (long)request.Deadline.TotalSeconds));
        writer.WriteEndObject();
    }

    private void Authenticate(HttpRequestHeaders headers, string secret)
    {
        // Never both: if both are sent, the platform uses only the key.
        if (_tokens is null)
        {
            headers.Add("X-API-Key", secret);
        }
        else
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        }

        if (_settings.WorkspaceId is { } workspace)
        {
            headers.Add("X-Workspace-ID", workspace);
        }
    }

    private static Submitted? ReadStarted(JsonView body) =>
        DurableExecution.IdOf(body) is { } id && RemotePath.CanHold(id) ? new(id, DurableExecution.TryRead(body, out var snapshot) ? snapshot : null) : null;

    private static PollAnswer ReadStatus(PlatformAnswer answer, RemoteRun run)
    {
        var body = answer.Json();
        if (!string.Equals(DurableExecution.IdOf(body), run.RemoteId, StringComparison.OrdinalIgnoreCase))
        {
            return new PollAnswer.Unusable(answer.Unusable("it is about another execution").Error);
        }

        return DurableExecution.TryRead(body, out var snapshot)
            ? new PollAnswer.Seen(snapshot)
            : new PollAnswer.Unusable(answer.Unusable("it has no status").Error);
    }
}
