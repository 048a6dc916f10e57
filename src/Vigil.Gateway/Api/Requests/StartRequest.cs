using Microsoft.Extensions.DependencyInjection;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary>The body of a start, with its key.</summary>
internal sealed record StartRequest(StartExecution Start, string? Key) : IBodyRequest<StartRequest>
{
    public static string Example =>
        """{"connection":"gloriamundo","target":{"kind":"workflow","id":"ok-5s"},"input":{"name":"Ada"},"metadata":{"order":"1234"},"deadline_seconds":3600,"key":"order-1234"}""";

    public static StartRequest Read(JsonBody body) => new(
        new StartExecution
        {
            Connection = body.Connection(),
            Target = RunFields.ReadTarget(body.RequiredObject("target", RunFields.Target, "What is run.")) ?? new("", ""),
            Input = body.ObjectText("input", "The input, in the form that the target expects. The whole body may have 1 MiB."),
            Options = body.ObjectText("options", $"The platform's own options of a start, at most {RequestLimits.MaxOptionsBytes / 1024} KiB. A platform refuses options that it does not have."),
            Metadata = body.Metadata(),
            Deadline = body.Deadline(),
            CancelOnAbandon = body.CancelOnAbandon(),
        },
        body.Key("Repeating the same request with the same key has no further effect. Without a key, an id is generated."));

    public async ValueTask<ImmutableArray<FieldError>> CheckAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        [.. RunFields.CheckKey(Key), .. await services.GetRequiredService<ExecutionGateway>().CheckAsync(Start, cancellationToken)];
}
