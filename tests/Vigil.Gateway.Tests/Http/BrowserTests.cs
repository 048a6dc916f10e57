using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigil.Silo;

namespace Vigil.Gateway.Tests.Http;

/// <summary>A page in a real browser that tries to use the Vigil of the person who looks at it.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    // Each way in which a page can send a request without asking first, one for which the browser asks, and a read.
    private const string Script = """
        const start = '{"connection":"gloriamundo","target":{"kind":"workflow","id":"slow-10m"}}';
        const post = (path, options) => fetch(vigil + path, { method: 'POST', ...options });
        const form = () => new Promise(done => {
          document.body.innerHTML = '<iframe name="f"></iframe><form method="post" enctype="text/plain" target="f"><input type="hidden"></form>';
          const element = document.forms[0];
          element.action = vigil + '/v1/executions';
          element.elements[0].name = start.slice(0, -1) + ',"metadata":{"a":"';
          element.elements[0].value = '"}}';
          document.querySelector('iframe').onload = () => done('sent');
          element.submit();
        });
        const attempts = {
          text: () => post('/v1/executions', { mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: start }),
          encoded: () => post('/v1/executions', { mode: 'no-cors', body: new URLSearchParams({ a: start }) }),
          json: () => post('/v1/executions', { headers: { 'Content-Type': 'application/json' }, body: start }),
          pause: () => post('/v1/connections/gloriamundo/pause', { mode: 'no-cors' }),
          nudge: () => post('/v1/nudges/gloriamundo/x', { mode: 'no-cors' }),
          beacon: () => navigator.sendBeacon(vigil + '/v1/executions', new Blob([start], { type: 'text/plain' })),
          form,
          read: () => fetch(vigil + '/v1/executions'),
        };
        (async () => {
          const results = {};
          for (const [name, attempt] of Object.entries(attempts)) {
            try { const answer = await attempt(); results[name] = answer.type ?? String(answer); } catch (error) { results[name] = 'refused'; }
          }
          await fetch('/report', { method: 'POST', body: JSON.stringify(results) });
        })();
        """;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-browser-");
    private readonly Seen _seen = new();
    private readonly TaskCompletionSource<JsonNode> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunningSilo _silo = null!;
    private WebApplication _pages = null!;

    public async Task InitializeAsync()
    {
        _silo = await RunningSilo.StartAsync(new(_data.FullName, Port: 0, Simulate: true, Quiet: true), CancellationToken.None, services => services.AddSingleton<IStartupFilter>(_seen));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _pages = builder.Build();
        _pages.MapGet("/", () => Results.Content($"<!doctype html><body><script>const vigil = '{_silo.Address}';{Script}</script>", "text/html"));
        _pages.MapPost("/report", async (HttpRequest request) => _report.SetResult((await JsonNode.ParseAsync(request.Body))!));
        await _pages.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _pages.DisposeAsync();
        await _silo.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [ChromiumFact]
    public Task Page_OfAStranger_CanChangeAndReadNothing() => TryEverythingAsync("evil.example");

    [ChromiumFact]
    public Task Page_OfAnotherProgramOfThisMachine_CanChangeAndReadNothing() => TryEverythingAsync("127.0.0.1");

    [ChromiumFact]
    public async Task Name_ThatIsMadeToLeadHere_ShowsNothing()
    {
        var own = await Chromium.ReadAsync($"{_silo.Address}/v1/connections");
        var rebound = await Chromium.ReadAsync($"http://evil.example:{new Uri(_silo.Address).Port}/v1/connections");

        Assert.Contains("gloriamundo", own, StringComparison.Ordinal);
        Assert.Contains("host_not_allowed", rebound, StringComparison.Ordinal);
        Assert.DoesNotContain("gloriamundo", rebound, StringComparison.Ordinal);
    }

    private async Task TryEverythingAsync(string host)
    {
        var origin = $"http://{host}:{new Uri(_pages.Urls.Single()).Port}";

        var report = await Chromium.OpenAsync(origin, _report.Task);

        // The page did send them: the answers are what kept it out.
        Assert.Equal(["beacon", "encoded", "form", "json", "nudge", "pause", "read", "text"], report.AsObject().Select(attempt => attempt.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("refused", "refused"), ((string?)report["read"], (string?)report["json"]));
        await _seen.UntilAsync(requests => requests.Count(request => request.Method == "POST") >= 6);
        Assert.All(_seen.Requests.Where(request => request.Method is "POST" or "OPTIONS"), request => Assert.Equal((origin, StatusCodes.Status403Forbidden), (request.Origin, request.Status)));
        Assert.Contains(_seen.Requests, request => request.Method == "OPTIONS");

        using var http = new HttpClient { BaseAddress = new(_silo.Address) };
        Assert.Empty((await http.GetFromJsonAsync<JsonNode>("/v1/executions"))!["items"]!.AsArray());
        Assert.All((await http.GetFromJsonAsync<JsonNode>("/v1/connections"))!["items"]!.AsArray(), connection => Assert.Equal("active", (string?)connection!["state"]));
    }

    private sealed record Request(string Method, string? Origin, int Status);

    /// <summary>Sees each request and its answer, outside of everything that may refuse it.</summary>
    private sealed class Seen : IStartupFilter
    {
        private readonly ConcurrentQueue<Request> _requests = new();
        private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();

        public IReadOnlyCollection<Request> Requests => _requests;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                await rest();
                _requests.Enqueue(new(context.Request.Method, context.Request.Headers.Origin, context.Response.StatusCode));
                _changes.Writer.TryWrite(true);
            });
            next(app);
        };

        public async Task UntilAsync(Func<IReadOnlyCollection<Request>, bool> condition)
        {
            while (!condition(_requests))
            {
                await _changes.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(5));
            }
        }
    }
}
