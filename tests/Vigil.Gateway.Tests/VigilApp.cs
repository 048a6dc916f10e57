using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Silo;

namespace Vigil.Gateway.Tests;

/// <summary>The whole product in this process - silo, gateway, simulated platforms - spoken to over HTTP alone.</summary>
public sealed class VigilApp : IAsyncLifetime
{
    // The stock targets take seconds, and these do not: what they tell is the same.
    private const string QuickScripts = """
        {
          "enforce_limits": false,
          "scripts": [
            { "target": "quick", "script": { "output": { "text": "Done." }, "steps": [ { "name": "a", "duration": 0.1 } ] } },
            { "platform": "gloriamundo", "target": "ok-5s", "script": { "output": { "text": "Done." }, "steps": [
              { "name": "a", "duration": 0.1 }, { "name": "b", "duration": 0.1 }, { "name": "c", "duration": 0.1 }, { "name": "d", "duration": 0.1 }, { "name": "e", "duration": 0.1 } ] } },
            { "platform": "gloriamundo", "target": "fail-5s", "script": { "steps": [
              { "name": "a", "duration": 0.1 }, { "name": "b", "duration": 0.1 }, { "name": "c", "duration": 0.1, "fails": true, "reason": "The mail connection has expired." } ] } }
          ]
        }
        """;

    // As long as a wait may be; one that is not answered by then is asked again.
    private const string LongestWait = "wait=60s";
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-");
    private RunningSilo? _silo;
    private EndpointDataSource? _endpoints;

    /// <summary>Gets a client of the API.</summary>
    public HttpClient Http { get; } = new() { Timeout = GiveUp };

    /// <summary>Gets all endpoints of the app.</summary>
    public IReadOnlyList<Endpoint> Endpoints => _endpoints?.Endpoints ?? [];

    internal RunningSilo Silo => _silo ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        var scripts = Path.Combine(_data.FullName, "scripts.json");
        await File.WriteAllTextAsync(scripts, QuickScripts);
        var cadences = Enumerable.Range(0, 5).ToDictionary(platform => $"Vigil:Connections:{platform}:Cadence", string? (_) => "00:00:00.2");
        _silo = await RunningSilo.StartAsync(new(_data.FullName, Port: 0, Simulate: true, scripts) { Settings = cadences }, CancellationToken.None, extend: app => _endpoints = app.Services.GetRequiredService<EndpointDataSource>());
        Http.BaseAddress = new(_silo.Address);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    /// <summary>Gets a key that no other test uses.</summary>
    public static string NewKey() => $"test-{Guid.NewGuid():N}";

    /// <summary>Starts a workflow of the simulated gloriamundo and returns the execution's id.</summary>
    public async Task<string> StartAsync(string workflow, string? key = null)
    {
        var (status, body) = await PostAsync("/v1/executions", $$"""
            {"connection":"gloriamundo","target":{"kind":"workflow","id":"{{workflow}}"},"key":"{{key ?? NewKey()}}"}
            """);
        Assert.Equal(HttpStatusCode.Created, status);
        return (string)body["id"]!;
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Http.SendAsync(request);
        return (response.StatusCode, await ReadAsync(response));
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await ReadAsync(response));
    }

    /// <summary>Returns an execution once it has ended.</summary>
    public Task<JsonNode> EndAsync(string id) => UntilAsync(id, _ => LongestWait, execution => (bool)execution["terminal"]!);

    /// <summary>Returns an execution once the platform's id of its run is known.</summary>
    public Task<JsonNode> RunAsync(string id) =>
        UntilAsync(id, version => $"{LongestWait}&since_version={version}", execution => execution["remote_id"] is not null);

    private async Task<JsonNode> UntilAsync(string id, Func<long, string> query, Func<JsonNode, bool> fits)
    {
        using var limit = new CancellationTokenSource(GiveUp);
        for (var version = 0L; ;)
        {
            var (status, execution) = await GetAsync($"/v1/executions/{id}?{query(version)}");
            Assert.Equal(HttpStatusCode.OK, status);
            if (fits(execution))
            {
                return execution;
            }

            Assert.False(limit.IsCancellationRequested, $"In vain was waited for {execution}.");
            version = (long)execution["version"]!;
        }
    }

    /// <summary>Returns the fields that a problem names.</summary>
    public static string[] FieldsOf(JsonNode problem) => [.. problem["errors"]!.AsArray().Select(error => (string)error!["field"]!).Order(StringComparer.Ordinal)];

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}

/// <summary>Tests that share one running product.</summary>
[CollectionDefinition(Name)]
public sealed class VigilAppCollection : ICollectionFixture<VigilApp>
{
    public const string Name = "Vigil over HTTP";
}
