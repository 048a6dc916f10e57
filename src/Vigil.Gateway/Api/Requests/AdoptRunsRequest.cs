namespace Vigil.Gateway.Api;

/// <summary>The body of an adoption of several runs: either their ids, or a filter of the platform's list.</summary>
/// <param name="Adopt">How each of them is watched, without the connection and the run.</param>
/// <param name="RemoteIds">The runs; null if there is a filter.</param>
/// <param name="Filter">Which runs of the platform's list; null if there are ids.</param>
/// <param name="Limit">The most runs that a filter adopts.</param>
/// <param name="Cursor">Where the filter's list goes on.</param>
internal sealed record AdoptRunsRequest(AdoptExecution Adopt, ImmutableArray<string>? RemoteIds, RunFilter? Filter, int Limit, string? Cursor)
    : IBodyRequest<AdoptRunsRequest>
{
    private const int DefaultLimit = 100;

    public static string Example => """{"filter":{"status":["running"]},"limit":100,"metadata":{"adopted":"true"}}""";

    public static AdoptRunsRequest Read(JsonBody body)
    {
        var ids = body.TextsOrNull("remote_ids", "The platform's ids of the runs; not together with filter. A single id may be sent as a string.", RequestLimits.MaxPageSize);
        var filter = ReadFilter(body.Object("filter", "RunFilter", "Which runs of the platform's list are adopted, as the parameters of the list; not together with remote_ids."));
        var limit = body.Integer("limit", $"The most runs that a filter adopts; the platform may return fewer. Only with filter, where {DefaultLimit} is the default.", 1, RequestLimits.MaxPageSize);
        var cursor = body.Text("cursor", "The next_cursor of the answer before; only with filter.");
        var adopt = new AdoptExecution
        {
            Connection = "",
            RemoteId = "",
            Metadata = body.Metadata(),
            Deadline = body.Deadline(),
            CancelOnAbandon = body.CancelOnAbandon(),
        };
        if (!body.HasErrors && (ids is null) == (filter is null))
        {
            body.AddError("remote_ids", "or filter must be given, and not both.");
        }
        else if (ids is not null && (limit is not null || cursor is not null))
        {
            body.AddError(limit is not null ? "limit" : "cursor", "belongs to filter; remote_ids are adopted all.");
        }

        return new(adopt, ids, filter, limit ?? DefaultLimit, cursor);
    }

    public ValueTask<ImmutableArray<FieldError>> CheckAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ImmutableArray<FieldError>.Empty);

    private static RunFilter? ReadFilter(JsonBody? body)
    {
        if (body is null)
        {
            return null;
        }

        var filter = RunFields.ReadFilter(body);
        body.RejectUnknownFields();
        return filter;
    }
}
