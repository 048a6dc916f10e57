namespace Vigil.Gateway.Api;

/// <summary>The body of a cancellation or an abandonment.</summary>
internal sealed record ReasonRequest(string? Reason) : IBodyRequest<ReasonRequest>
{
    public static string Example => """{"reason":"The order was withdrawn."}""";

    public static ReasonRequest Read(JsonBody body) => new(body.Text("reason", "Why, for people who look at the execution later.", RequestLimits.MaxReasonLength));

    public ValueTask<ImmutableArray<FieldError>> CheckAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        ValueTask.FromResult(RequestLimits.CheckReason(Reason));
}
