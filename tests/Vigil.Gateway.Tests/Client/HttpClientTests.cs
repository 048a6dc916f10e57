using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vigil.Client;

namespace Vigil.Gateway.Tests.Client;

/// <summary>The client over HTTP.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class HttpClientTests(VigilApp app) : ClientConformance(app), IDisposable
{
    private readonly HttpListener _elsewhere = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddVigilHttpClient(app.Http.BaseAddress!).Services.BuildServiceProvider();

    protected override IVigilClient Client => _services.GetRequiredService<IVigilClient>();

    public void Dispose()
    {
        _services.Dispose();
        _elsewhere.Close();
    }

    [Fact]
    public async Task ClientOfItsOwn_DoesTheSame() =>
        Assert.Contains(await new VigilHttpClient(App.Http.BaseAddress!).ListConnectionsAsync(), connection => connection.Name == "gloriamundo");

    [Fact]
    public async Task Key_IsSentAsABearerToken()
    {
        _elsewhere.Prefixes.Add($"http://127.0.0.1:{FreePort()}/");
        _elsewhere.Start();
        await using var services = new ServiceCollection().AddVigilHttpClient(new(_elsewhere.Prefixes.Single()), "secret").Services.BuildServiceProvider();

        var reading = services.GetRequiredService<IVigilClient>().ListConnectionsAsync();
        var context = await _elsewhere.GetContextAsync();
        var sent = context.Request.Headers["Authorization"];
        context.Response.Close("""{"items":[]}"""u8.ToArray(), willBlock: false);

        Assert.Empty(await reading);
        Assert.Equal("Bearer secret", sent);
    }

    [Fact]
    public async Task NobodyListens_TheAddressIsNamed()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");

        var unavailable = await Assert.ThrowsAsync<VigilUnavailableException>(() => new VigilHttpClient(address).GetAsync("some-id"));

        Assert.Contains(address.AbsoluteUri, unavailable.Message, StringComparison.Ordinal);
    }

    /// <summary>A proxy's page with 404 must not look like an execution that does not exist, nor be waited out for ever.</summary>
    [Fact]
    public async Task SomethingElseAnswers_IsRefused()
    {
        var address = $"http://127.0.0.1:{FreePort()}/";
        _elsewhere.Prefixes.Add(address);
        _elsewhere.Start();
        var answer = _elsewhere.GetContextAsync().ContinueWith(
            context =>
            {
                context.Result.Response.StatusCode = 404;
                context.Result.Response.Close("404 page not found"u8.ToArray(), willBlock: false);
            },
            TaskScheduler.Default);

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => new ExecutionHandle(new VigilHttpClient(new Uri(address)), "some-id").WaitAsync());

        await answer;
        Assert.Equal("not_vigil", refused.Code);
    }

    /// <summary>Whoever waits goes on after it.</summary>
    [Fact]
    public async Task ConnectionThatBreaksInAnAnswer_IsUnavailable()
    {
        _elsewhere.Prefixes.Add($"http://127.0.0.1:{FreePort()}/");
        _elsewhere.Start();
        var file = new ExecutionFile("f", "report.csv", "reports/report.csv", 1000, "write", CreatedAt: null);
        var client = new VigilHttpClient(new Uri(_elsewhere.Prefixes.Single()));

        var reading = client.GetAsync("some-id");
        await AnswerAsync("{", length: 1000);
        await Assert.ThrowsAsync<VigilUnavailableException>(() => reading);

        var opening = client.OpenFileAsync("some-id", "f");
        var list = $$"""{"items":[{{System.Text.Json.JsonSerializer.Serialize(file)}}]}""";
        await AnswerAsync(list, list.Length);
        await AnswerAsync("a;b", length: 1000);
        await using var open = await opening;
        await Assert.ThrowsAsync<VigilUnavailableException>(() => open.CopyToAsync(Stream.Null));
    }

    [Theory]
    [InlineData("Log in")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task SomethingElseAnswersWithSuccess_IsRefused(string text)
    {
        _elsewhere.Prefixes.Add($"http://127.0.0.1:{FreePort()}/");
        _elsewhere.Start();
        var client = new VigilHttpClient(new Uri(_elsewhere.Prefixes.Single()));
        var (reading, listing) = (client.GetAsync("some-id"), client.ListConnectionsAsync());
        await AnswerAsync(text, text.Length);
        await AnswerAsync(text, text.Length);

        Assert.Equal("not_vigil", (await Assert.ThrowsAsync<RequestRefusedException>(() => reading)).Code);
        Assert.Equal("not_vigil", (await Assert.ThrowsAsync<RequestRefusedException>(() => listing)).Code);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(501)]
    public async Task RefusalThatPasses_IsUnavailable(int status)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent("Too many requests, says the proxy.") };

        Assert.IsType<VigilUnavailableException>(await ProblemReader.ReadAsync(response, CancellationToken.None));
    }

    /// <summary>A handle must neither wait for a bug to pass, nor for a key.</summary>
    [Theory]
    [InlineData(500, """{"status":500,"code":"internal_error","detail":"See the log for details."}""", "internal_error")]
    [InlineData(401, "", "unauthorized")]
    public async Task RefusalThatDoesNotPass_IsRefused(int status, string answer, string code)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(answer) };

        Assert.Equal(code, Assert.IsType<RequestRefusedException>(await ProblemReader.ReadAsync(response, CancellationToken.None)).Code);
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("vigil/v1")]
    public void AddressThatIsNotOfHttp_IsRefusedAtOnce(string address)
    {
        var uri = new Uri(address, UriKind.RelativeOrAbsolute);

        Assert.Contains($"'{uri}' is not the address", Assert.Throws<ArgumentException>(() => new VigilHttpClient(uri)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddVigilHttpClient(uri));
    }

    /// <summary>Each of seven attempts was several lines, with stacks, for each waiting handle.</summary>
    [Fact]
    public async Task GatewayIsAway_IsOneLine_AndOneWhenItIsBack()
    {
        var log = new Lines();
        var address = $"http://127.0.0.1:{FreePort()}/";
        await using var services = new ServiceCollection().AddVigilHttpClient(new(address)).Services
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)).BuildServiceProvider();
        var client = services.GetRequiredService<IVigilClient>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Assert.ThrowsAsync<VigilUnavailableException>(() => client.GetAsync("some-id"))));
        _elsewhere.Prefixes.Add(address);
        _elsewhere.Start();

        var listing = client.ListConnectionsAsync();
        await AnswerAsync("""{"items":[]}""", 12);
        await listing;

        Assert.Collection(
            log,
            line => Assert.StartsWith($"Warning: The gateway at {address} does not answer (", line, StringComparison.Ordinal),
            line => Assert.Equal($"Information: The gateway at {address} answers again", line));
    }

    [Fact]
    public async Task ListOfAll_FromAPageOn_GoesOnByCursor()
    {
        await Client.StartAsync(new() { Connection = "gloriamundo", Target = new("workflow", "ok-5s") }, VigilApp.NewKey());
        await Client.StartAsync(new() { Connection = "gloriamundo", Target = new("workflow", "ok-5s") }, VigilApp.NewKey());

        Assert.NotEmpty(await new VigilHttpClient(App.Http.BaseAddress!).ListAllAsync(new() { Page = 1, PageSize = 1 }).Take(2).ToArrayAsync());
    }

    [Fact]
    public async Task Subscriber_IsRefused_BeforeAnythingIsSent()
    {
        using var orleans = Host.CreateDefaultBuilder().UseOrleansClient(client => client.UseStaticClustering(App.Silo.ClusterGateway)).Build();
        var subscriber = orleans.Services.GetRequiredService<IGrainFactory>().GetGrain<IExecutionSubscriber>(GrainId.Create("app.order", "7"));
        var start = new StartExecution { Connection = "gloriamundo", Target = new("workflow", "ok-5s"), Subscribers = [subscriber] };

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => Client.StartAsync(start));

        Assert.Equal("app.order/7", Assert.Single(start.SubscriberIds));
        Assert.Equal("subscribers", Assert.Single(refused.Errors).Field);
    }

    private async Task AnswerAsync(string text, int length)
    {
        var response = (await _elsewhere.GetContextAsync()).Response;
        response.ContentLength64 = length;
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await response.OutputStream.FlushAsync();
        if (length > text.Length)
        {
            response.Abort();
        }
        else
        {
            response.Close();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Lines : System.Collections.Concurrent.ConcurrentQueue<string>, ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Enqueue($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
