namespace Vigil.Platforms.Agentic;

internal sealed class AgenticConnection : IPlatformConnection
{
    private const string NoRun = "00000000-0000-0000-0000-000000000000";
    private const string DownloadToken = "mutation GetDownloadToken($path: String!) { getFileDownloadTokenByPath(path: $path) }";

    private readonly AgenticSettings _settings;
    private readonly IReadOnlyList<string> _targetKinds;
    private readonly PlatformHttp _http;
    private readonly GraphQlClient _client;
    private readonly FlowStatusQuery _status;
    private readonly FlowStart _start;

    public AgenticConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IReadOnlyList<string> targetKinds)
    {
        _settings = new AgenticSettings(connection);
        _targetKinds = targetKinds;
        _http = new PlatformHttp(connection, http, time, GraphQlClient.Dialect);
        _client = new GraphQlClient(_http, _settings.QueryAddress);
        _status = new FlowStatusQuery(_client);
        _start = new FlowStart(_http, _client, _settings);
        Capabilities = new PlatformCapabilities
        {
            // The maximum number of aliases in a request is not documented.
            MaxRunsPerPoll = 100,
            FirstRunsPerPoll = 25,
            Cancel = _settings.CancelMutationName is not null,
            Steps = true,
            Files = true,
            Usage = true,
        };
    }

    public PlatformCapabilities Capabilities { get; }

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) =>
        RunInput.Check(request, _targetKinds, hasVersions: true, FlowOptions.All, errors =>
        {
            FlowOptions.Check(request, errors);
            FlowInput.Read(input, _settings.UploadFolder, errors);
        });

    public Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken) => _start.StartAsync(request, cancellationToken);

    public Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken) =>
        _status.PollAsync(runs, known, withFiles: false, cancellationToken);

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) =>
        (await _status.PollAsync([run], known: default, withFiles: true, cancellationToken))[0];

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        var name = _settings.CancelMutationName ?? throw new NotSupportedException();
        var fields = _settings.CancelFieldNames is { Length: > 0 } names ? $" {{ {names} }}" : "";
        using var response = await _client.SendAsync(
            "The cancellation",
            $"mutation Cancel($id: ID!) {{ {name}({_settings.CancelArgumentName}: $id){fields} }}",
            writer => writer.WriteString("id", run.RemoteId),
            acts: true,
            cancellationToken);
        response.Require(name);
    }

    public async Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        using var response = await _client.SendAsync(
            "The download token request", DownloadToken, writer => writer.WriteString("path", file.Path), acts: false, cancellationToken);
        var token = response.Require("getFileDownloadTokenByPath").Exact(int.MaxValue) ?? throw response.Http.Unusable("it has no token");
        var query = $"download?file_name={Uri.EscapeDataString(file.Name)}&download-token={Uri.EscapeDataString(token)}";
        return await _http.OpenAsync(
            new PlatformRequest("The download", HttpMethod.Get, new Uri(_settings.FilesAddress, query)) { IsDownload = true, Range = range }, cancellationToken);
    }

    // No query is known that needs the credential but no run, so this polls a run that cannot exist.
    public Task ProbeAsync(CancellationToken cancellationToken) => _status.PollAsync([new RemoteRun(NoRun)], known: default, withFiles: false, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
