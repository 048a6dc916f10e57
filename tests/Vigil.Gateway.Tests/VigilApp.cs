using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vigil.Silo;

namespace Vigil.Gateway.Tests;

/// <summary>The whole product in this process - silo, gateway, simulated platforms - spoken to over HTTP alone.</summary>
public sealed class VigilApp : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-");
    private RunningSilo? _silo;

    /// <summary>Gets a client of the API.</summary>
    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(100) };

    internal RunningSilo Silo => _silo ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _silo = await RunningSilo.StartAsync(new(_data.FullName, Port: 0, Simulate: true), CancellationToken.None);
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
