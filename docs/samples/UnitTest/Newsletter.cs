using Vigil;

namespace UnitTest;

/// <summary>A part of an app: it has a digest written, and makes do without one.</summary>
public sealed class Newsletter(IVigilClient vigil)
{
    public async Task<string> HeadlineAsync(DateOnly day)
    {
        var request = new StartExecution { Connection = "gloriamundo", Target = new ExecutionTarget("workflow", "digest") };
        var handle = await vigil.StartAsync(request, key: $"digest-{day:yyyy-MM-dd}");
        try
        {
            var digest = await handle.GetResultAsync<Digest>();
            return digest.Headline;
        }
        catch (ExecutionFailedException)
        {
            return "No news";
        }
    }
}

public sealed record Digest(string Headline);
