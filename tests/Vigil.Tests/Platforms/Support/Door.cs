using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Support;

/// <summary>Checks a start as an execution's grain does: Vigil's own limits first, then the platform's.</summary>
internal static class Door
{
    public static ImmutableArray<FieldError> Check(this IPlatformConnection connection, StartExecution request)
    {
        var errors = RequestLimits.Check(request, out var input);
        var readable = errors.Any(error => error.Field == "options") ? request with { Options = null } : request;
        return [.. errors, .. connection.Check(readable, input).Where(error => errors.All(other => other.Field != error.Field))];
    }
}
