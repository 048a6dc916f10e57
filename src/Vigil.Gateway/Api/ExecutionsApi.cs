using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/executions</c>: start, adopt, get, wait, list, steps, and commands.</summary>
internal static class ExecutionsApi
{
    public const string Route = "/v1/executions";

    public static void MapExecutions(this IEndpointRouteBuilder routes)
    {
        var executions = routes.MapGroup(Route).WithTags("executions");
        executions.MapPost("", StartExecutionAsync)
            .WithSummary("Starts an execution.")
            .WithDescription("Answers 201 with the new execution, or 200 with the existing one if the same request with the same key started it before.")
            .Fails(ProblemCodes.ConnectionNotFound, ProblemCodes.KeyReused);
        executions.MapPost("/adopt", AdoptRunAsync)
            .WithSummary("Watches a run that was not started by Vigil.")
            .WithDescription("The run is polled once first. Answers 201 with the new execution, or 200 with the one that watches the run already.")
            .Fails(ProblemCodes.ConnectionNotFound, ProblemCodes.RunNotFound, ProblemCodes.KeyReused, ProblemCodes.RunWatched, ProblemCodes.PlatformUnavailable);
        executions.MapGet("", ListExecutionsAsync)
            .WithSummary("Lists executions, by default the newest accepted first.")
            .WithDescription("A page is read by its number or, beyond row 10,000 too, by the cursor of the page before. Outputs are omitted.");
        executions.MapGet("/{id}", GetExecutionAsync)
            .WithSummary("Returns an execution; with wait, once it has ended or the wait has timed out.")
            .Fails(ProblemCodes.ExecutionNotFound);
        executions.MapGet("/{id}/steps", ListStepsAsync)
            .WithSummary("Returns one page of an execution's steps, in the platform's order.")
            .WithDescription("Only the first 10,000 steps are kept; if a run has more, steps_truncated is true and steps_total is the full number.")
            .Fails(ProblemCodes.ExecutionNotFound);
        executions.MapPost("/{id}/cancel", CancelExecutionAsync)
            .WithSummary("Asks the platform to cancel the execution.")
            .WithDescription("The outcome is what the platform then reports. Cancelling twice is not an error.")
            .Fails(ProblemCodes.ExecutionNotFound, ProblemCodes.ExecutionFinished, ProblemCodes.CancelNotSupported);
        executions.MapPost("/{id}/abandon", AbandonExecutionAsync)
            .WithSummary("Stops watching the execution.")
            .WithDescription("The run goes on, unless the execution was started with cancel_on_abandon. Abandoning twice is not an error.")
            .Fails(ProblemCodes.ExecutionNotFound, ProblemCodes.ExecutionFinished);
        executions.MapPost("/{id}/retry", RetryExecutionAsync)
            .WithSummary("Runs a finished execution again, as its next attempt.")
            .Fails(ProblemCodes.ExecutionNotFound, ProblemCodes.NotFinished, ProblemCodes.NotRetryable, ProblemCodes.DeadlinePassed, ProblemCodes.RetryNotSupported);
        executions.MapPost("/{id}/nudge", NudgeExecutionAsync)
            .WithSummary("Hints that polling an execution now is worthwhile.")
            .Fails(ProblemCodes.ExecutionNotFound);
    }

    private static async Task<StartedAnswer> StartExecutionAsync(Body<StartRequest> body, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var request = await body.ReadAsync(cancellationToken);
        return new(await gateway.StartAsync(request.Start, request.Key, cancellationToken));
    }

    private static async Task<StartedAnswer> AdoptRunAsync(Body<AdoptRequest> body, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var request = await body.ReadAsync(cancellationToken);
        return new(await gateway.AdoptAsync(request.Adopt, request.Key, cancellationToken));
    }

    private static async Task<Answer<Execution>> GetExecutionAsync(string id, Query<WaitQuery> query, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var (wait, sinceVersion) = query.Read();
        return new(wait is null && sinceVersion is null
            ? await gateway.GetAsync(id, cancellationToken)
            : await gateway.WaitAsync(id, wait ?? TimeSpan.Zero, sinceVersion, cancellationToken));
    }

    private static async Task<Answer<ExecutionList>> ListExecutionsAsync(Query<ExecutionListQuery> query, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(await gateway.ListAsync(query.Read().Value, cancellationToken));

    private static async Task<Answer<StepList>> ListStepsAsync(string id, Query<StepListQuery> query, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        var (pageSize, cursor) = query.Read();
        return new(await gateway.ListStepsAsync(id, pageSize, cursor, cancellationToken));
    }

    private static async Task<AcceptedAnswer<Execution>> CancelExecutionAsync(
        string id, Body<ReasonRequest> body, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(await gateway.CancelAsync(id, (await body.ReadAsync(cancellationToken)).Reason, cancellationToken));

    private static async Task<AcceptedAnswer<Execution>> AbandonExecutionAsync(
        string id, Body<ReasonRequest> body, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(await gateway.AbandonAsync(id, (await body.ReadAsync(cancellationToken)).Reason, cancellationToken));

    private static async Task<AcceptedAnswer<Execution>> RetryExecutionAsync(string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(await gateway.RetryAsync(id, cancellationToken));

    private static async Task<AcceptedAnswer<Execution>> NudgeExecutionAsync(string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(await gateway.NudgeAsync(id, cancellationToken));
}
