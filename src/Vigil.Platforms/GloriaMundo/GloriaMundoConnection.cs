namespace Vigil.Platforms.GloriaMundo;

internal sealed class GloriaMundoConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IReadOnlyList<string> targetKinds)
    : IPlatformConnection
{
    private static readonly Uri PublicAddress = new("https://app.gloriamundo.com/");

    private readonly Uri _base = connection.BaseAddress ?? PublicAddress;
    private readonly PlatformHttp _http = new(connection, http, time, new PlatformDialect(
        connection.Settings.GetValueOrDefault(GloriaMundoPlatform.AuthHeaderSetting) == "x-api-key" ? PlatformDialect.ApiKey : PlatformDialect.Bearer,

        // "error" is a code such as spend_limit_exceeded, which distinguishes the two meanings of 402.
        body => new ErrorDetails(body["error"].Text(), body["message"].Text() ?? body["error"].Text())));

    /// <summary>
    /// Gets the capabilities. The platform allows 60 polls and 10 starts per minute across all clients of an account and rejects further
    /// requests, so the defaults stay below that.
    /// </summary>
    public PlatformCapabilities Capabilities { get; } = new()
    {
        ProbeFindsSomething = true,
        Steps = true,
        Usage = true,
        DefaultBudget = new RequestBudget(PollsPerMinute: 55, StartsPerMinute: 9),
    };

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) => RunInput.Check(request, targetKinds, hasVersions: false);

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var address = RemotePath.Build(_base, $"api/v1/workflows/{request.Target.Id}/execute");
        using var response = await _http.ActAsync(PlatformRequest.Start, address, writer => writer.WriteInput("input", request.Input), cancellationToken);

        // The poll_url in the response is relative and adds nothing to the id.
        return RunStatus.Format.ReadStarted(response, response.Json());
    }

    public Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => RunStatus.Format.PollAsync(
        run, () => _http.GetAsync("The status request", RemotePath.Build(_base, $"api/v1/runs/{run.RemoteId}/status"), cancellationToken));

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync("The probe", RemotePath.Build(_base, $"api/v1/usage?days=1"), cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
