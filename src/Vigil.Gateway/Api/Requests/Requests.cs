using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Vigil.Gateway.Api;

/// <summary>A request that is read from the query string.</summary>
/// <typeparam name="TSelf">The request.</typeparam>
internal interface IQueryRequest<TSelf>
    where TSelf : IQueryRequest<TSelf>
{
    /// <summary>Reads all parameters. Errors are collected by the reader.</summary>
    static abstract TSelf Read(QueryReader query);
}

/// <summary>A request that is read from a JSON body.</summary>
/// <typeparam name="TSelf">The request.</typeparam>
internal interface IBodyRequest<TSelf>
    where TSelf : IBodyRequest<TSelf>
{
    /// <summary>Gets a body that is accepted, for the document.</summary>
    static abstract string Example { get; }

    /// <summary>Reads all fields. Errors are collected by the reader.</summary>
    static abstract TSelf Read(JsonBody body);

    /// <summary>Returns the errors of the limits that are checked elsewhere. It is called only if a field is malformed, so that the caller gets all errors at once.</summary>
    ValueTask<ImmutableArray<FieldError>> CheckAsync(IServiceProvider services, CancellationToken cancellationToken);
}

/// <summary>The query string as a parameter of a handler. It is read when the handler says so, after the filters of the endpoint.</summary>
/// <typeparam name="T">The request.</typeparam>
internal sealed class Query<T>(HttpContext context) : IBindableFromHttpContext<Query<T>>, IEndpointParameterMetadataProvider
    where T : IQueryRequest<T>
{
    public static ValueTask<Query<T>?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Query<T>?>(new(context));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        var shape = new RequestShape();
        T.Read(new QueryReader(QueryCollection.Empty, new HeaderDictionary(), shape));
        builder.Metadata.Add(shape);
        builder.Fails(ProblemCodes.InvalidRequest);
    }

    /// <exception cref="InvalidRequestException">A parameter is invalid or unknown.</exception>
    public T Read()
    {
        var query = new QueryReader(context.Request.Query, context.Request.Headers);
        var request = T.Read(query);
        query.ThrowIfInvalid();
        return request;
    }
}

/// <summary>The body as a parameter of a handler. It is read when the handler says so, after the filters of the endpoint.</summary>
/// <typeparam name="T">The request.</typeparam>
internal sealed class Body<T>(HttpContext context) : IBindableFromHttpContext<Body<T>>, IEndpointParameterMetadataProvider
    where T : IBodyRequest<T>
{
    public static ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Body<T>?>(new(context));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        var shape = new RequestShape { BodyName = typeof(T).Name, Example = T.Example };
        T.Read(JsonBody.Recording(shape));
        builder.Metadata.Add(shape);
        builder.Fails(ProblemCodes.InvalidRequest, ProblemCodes.BodyTooLarge, ProblemCodes.RequestTimeout);
    }

    /// <exception cref="InvalidRequestException">The body is not a JSON object, or a field is invalid or unknown.</exception>
    public async Task<T> ReadAsync(CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(context.Request, cancellationToken);
        var request = T.Read(body);
        body.RejectUnknownFields();
        if (body.HasErrors)
        {
            body.ThrowIfInvalid(await request.CheckAsync(context.RequestServices, cancellationToken));
        }

        return request;
    }
}
