namespace Vigil.Simulator.Moderately;

/// <content>Pipeline executions, as only the platform's OpenAPI document describes them.</content>
internal sealed partial class SimulatedModerately
{
    private const int MaxCancelReason = 500;
    private static readonly TimeSpan AddressLifetime = TimeSpan.FromMinutes(15);

    private IEnumerable<SimulatedRoute> PipelineRoutes =>
    [
        new("POST", "/pipeline-executions", CreatePipeline),
        new("GET", "/pipeline-executions", request => List(request, ExecutionQuery.ReadPipelines(request))),
        new("GET", "/pipeline-executions/{id}", request => AboutExecution(request, "status", (run, state) => SimulatedResponse.Json(PipelineBody.Of(run, state)), PipelineBody.Kind)),
        new("POST", "/pipeline-executions/{id}/cancel", CancelPipeline),
        new("GET", "/pipeline-executions/{id}/output", Output),
        new("GET", "/pipeline-outputs/{id}", StoredOutput),
    ];

    private SimulatedCall CreatePipeline(SimulatedRequest request)
    {
        var start = ExecutionStart.ReadPipeline(request.Json());
        return Create(request, start, PipelineBody.Kind, (run, state) => PipelineBody.Of(run, state));
    }

    private SimulatedCall CancelPipeline(SimulatedRequest request) => AboutExecution(
        request,
        "cancel",
        (run, _) =>
            request.Json()?.Text("reason")?.Length > MaxCancelReason ? Invalid([new("reason", $"String must contain at most {MaxCancelReason} characters")])
            : run.TryCancel(request.Now) ? SimulatedResponse.Json(PipelineBody.Of(run, World.ActualState(run)))
            : Error(400, "BAD_REQUEST", "Only non-terminal executions can be cancelled"),
        PipelineBody.Kind);

    private SimulatedCall Output(SimulatedRequest request) => AboutExecution(
        request,
        "output",
        (run, state) =>
        {
            var expiresAt = request.Now + AddressLifetime;
            var expires = expiresAt.ToUnixTimeSeconds();
            return PipelineBody.HasOutput(run, state)
                ? SimulatedResponse.Json(PipelineBody.OutputOf(run, new(request.Host, $"/{Name}/pipeline-outputs/{run.Id}?expires={expires}&signature={Sign(run.Id, expires)}"), expiresAt))
                : Error(404, "NOT_FOUND", "The pipeline execution has no output available");
        },
        PipelineBody.Kind);

    // Like a signed address of S3: the signature is the credential, and a second one is refused.
    private SimulatedCall StoredOutput(SimulatedRequest request)
    {
        var id = request.Route("id");
        return new("output_download", () => request.Header("Authorization") is not null
            ? Denied(400, "InvalidArgument", "Only one auth mechanism allowed")
            : !long.TryParse(request.Query("expires"), CultureInfo.InvariantCulture, out var expires) || request.Query("signature") != Sign(id, expires)
                ? Denied(403, "SignatureDoesNotMatch", "The signature does not match")
            : request.Now.ToUnixTimeSeconds() > expires ? Denied(403, "AccessDenied", "Request has expired")
            : World.Runs.Find(Name, id) is { Script.StoredOutput: { } stored } run
                ? new SimulatedResponse(200, PipelineBody.StoredBytes(run, stored), "application/octet-stream")
            : Denied(404, "NoSuchKey", "The specified key does not exist."))
        {
            RunIds = [id],
        };
    }

    private static SimulatedResponse Denied(int status, string code, string message) =>
        new(status, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"), "application/xml");

    private string Sign(string id, long expires) => Dice.Mix(Dice.SeedOf(id), (ulong)expires + (uint)World.Options.Seed).ToString("x16", CultureInfo.InvariantCulture);
}
