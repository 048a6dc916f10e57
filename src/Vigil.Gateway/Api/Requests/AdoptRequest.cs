namespace Vigil.Gateway.Api;

/// <summary>The body of an adoption, with its key.</summary>
internal sealed record AdoptRequest(AdoptExecution Adopt, string? Key) : IBodyRequest<AdoptRequest>
{
    public static string Example => """{"connection":"gloriamundo","remote_id":"5f0c7a52-9a3e-4a55-9f57-0a4f3ac4e3b1","metadata":{"order":"1234"}}""";

    public static AdoptRequest Read(JsonBody body) => new(
        new AdoptExecution
        {
            Connection = body.Connection(),
            RemoteId = body.RequiredText("remote_id", "The platform's id of the run.", RequestLimits.MaxRemoteIdLength),
            Target = RunFields.ReadTarget(body.Object("target", RunFields.Target, "What is run, if the caller knows it.")),
            Metadata = body.Metadata(),
            Deadline = body.Deadline(),
            CancelOnAbandon = body.CancelOnAbandon(),
        },
        body.Key("Without a key, everyone who adopts the run gets the same execution."));

    public ValueTask<ImmutableArray<FieldError>> CheckAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<FieldError>>([.. RunFields.CheckKey(Key), .. RequestLimits.Check(Adopt)]);
}
