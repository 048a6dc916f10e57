using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program itself, with a data folder of its own unless the arguments name one.</summary>
internal sealed class SiloExecutable : RunningProgram
{
    private readonly DirectoryInfo? _data;

    private SiloExecutable(IEnumerable<string> arguments, DirectoryInfo? data, (string Name, string Value)[] environment)
        : base(typeof(SiloOptions).Assembly.Location, data is null ? arguments : [.. arguments, "--data", data.FullName], environment) => _data = data;

    /// <summary>Gets the address that it listens on, without a slash at its end.</summary>
    public string Address => Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>Gets a client of the API, once it listens.</summary>
    public HttpClient Http { get; } = new() { Timeout = Limit };

    public static SiloExecutable Start(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        string[] given = [.. arguments];
        return new(given, given.Contains("--data") ? null : Directory.CreateTempSubdirectory("vigil-silo-"), environment);
    }

    /// <summary>Starts a silo on a free port and returns once it listens.</summary>
    public static Task<SiloExecutable> ListeningAsync(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(["--port", "0", .. arguments], environment).WhenListeningAsync();

    /// <summary>Returns itself once it listens.</summary>
    public async Task<SiloExecutable> WhenListeningAsync()
    {
        Http.BaseAddress = await AddressAsync("Vigil listens on ");
        return this;
    }

    /// <summary>Starts an execution.</summary>
    public async Task StartAsync(string connection, string kind, string target, string key, string? version = null)
    {
        using var answer = await Http.PostAsJsonAsync("/v1/executions", new { connection, target = new { kind, id = target, version }, key });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Returns an execution once it has a property, such as <c>remote_id</c>, or has ended.</summary>
    public async Task<JsonNode> UntilAsync(string key, Func<JsonNode, bool> fits)
    {
        var limit = Stopwatch.StartNew();
        for (var version = 0L; ;)
        {
            var execution = (await Http.GetFromJsonAsync<JsonNode>($"/v1/executions/{key}?wait=30s&since_version={version}"))!;
            if (fits(execution) || (bool)execution["terminal"]!)
            {
                return execution;
            }

            Assert.True(limit.Elapsed < Limit, $"In vain was waited for {execution}.");
            version = (long)execution["version"]!;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Http.Dispose();
        _data?.Delete(recursive: true);
    }
}
