using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Vigil.Gateway.Api;

/// <summary>A value in the API's JSON with status 200, whatever the JSON options of the host are.</summary>
internal sealed class Answer<T>(T value) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) => ApiJson.WriteAsync(httpContext, StatusCodes.Status200OK, value);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(ApiJson.Produces<T>(StatusCodes.Status200OK, "Done."));
}

/// <summary>The same with status 202: the command is stored, and its outcome follows.</summary>
internal sealed class AcceptedAnswer<T>(T value) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) => ApiJson.WriteAsync(httpContext, StatusCodes.Status202Accepted, value);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(ApiJson.Produces<T>(StatusCodes.Status202Accepted, "The command is stored; this is the state now."));
}

/// <summary>A started or adopted execution: 201 if it is new, 200 if it existed already.</summary>
internal sealed class StartedAnswer(StartResult result) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        // The address of the request says below which path base and prefix the API is.
        var address = (httpContext.Request.PathBase + httpContext.Request.Path).ToUriComponent();
        var route = address.LastIndexOf(ExecutionsApi.Route, StringComparison.OrdinalIgnoreCase);
        httpContext.Response.Headers.Location = $"{address[..route]}{ExecutionsApi.Route}/{result.Execution.Id}";
        return ApiJson.WriteAsync(httpContext, result.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, result.Execution);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        foreach (var (status, description) in ((int, string)[])[(StatusCodes.Status201Created, "The new execution."), (StatusCodes.Status200OK, "The execution that exists already.")])
        {
            builder.Metadata.Add(ApiJson.Produces<Execution>(status, description));
            builder.Metadata.Add(new AnswerHeader(status, "Location", "The path of the execution."));
        }
    }
}

/// <summary>A header of an answer, for the OpenAPI document.</summary>
internal sealed record AnswerHeader(int Status, string Name, string Description);
