using Microsoft.AspNetCore.Http;

namespace Vigil.Kill;

/// <summary>Mutants whose API answers wrongly.</summary>
internal static class ApiMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("forgets", "accepted is kept") { Answer = (context, next) => IsRead(context) ? Refuse(context, StatusCodes.Status404NotFound) : next() },
        new("never answers", "waits are answered") { IsAwaited = true, Answer = (context, next) => IsWait(context) ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted) : next() },
        new("cuts waits", "waits are answered") { IsAwaited = true, Answer = (context, next) => IsWait(context) ? Cut(context) : next() },
        new("does not wait", "waits are answered")
        {
            IsAwaited = true,
            Target = TargetKind.Long,
            IsSlow = true,
            Answer = (context, next) =>
            {
                context.Request.QueryString = QueryString.Empty;
                return next();
            },
        },
        new("sleeps over the end", "waits are answered")
        {
            IsAwaited = true,
            Answer = async (context, next) =>
            {
                if (IsWait(context))
                {
                    await Task.Delay(TimeSpan.FromSeconds(16), TimeProvider.System);
                }

                await next();
            },
        },
    ];

    public static async Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        await context.Response.CompleteAsync();
    }

    private static bool IsRead(HttpContext context) => context.Request.Method == HttpMethods.Get;

    private static bool IsWait(HttpContext context) => IsRead(context) && context.Request.Query.ContainsKey("wait");

    private static Task Cut(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
