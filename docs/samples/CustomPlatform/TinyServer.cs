using System.Collections.Concurrent;

namespace Tiny;

/// <summary>The platform itself, which is somebody else's elsewhere: a job takes two seconds.</summary>
internal static class TinyServer
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var runs = new ConcurrentDictionary<string, DateTimeOffset>();

        app.MapPost("/jobs/{job}/runs", (string job) =>
        {
            var id = $"{job}-{Guid.NewGuid():N}";
            runs[id] = DateTimeOffset.UtcNow;
            return Results.Json(new { id, state = "working" }, statusCode: 201);
        });
        app.MapGet("/runs/{id}", (string id) =>
            !runs.TryGetValue(id, out var begun) ? Results.Json(new { code = "unknown", message = "No such run." }, statusCode: 404)
            : DateTimeOffset.UtcNow < begun + Duration ? Results.Json(new { id, state = "working" })
            : Results.Json(new { id, state = "done", result = new { text = "Hello" }, ended = begun + Duration }));
        app.MapPost("/runs/{id}/cancel", (string id) => Results.Json(new { code = "ended", message = "Runs are too short to be cancelled." }, statusCode: 409));

        await app.StartAsync();
        return app;
    }
}
