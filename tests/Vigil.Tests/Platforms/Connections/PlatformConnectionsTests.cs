using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Connections;

public sealed class PlatformConnectionsTests
{
    [Fact]
    public async Task TryGet_ConfiguredConnections_AreFoundByNameInOrderAndOpenedOnce()
    {
        await using var services = Services("""
            [
              { "name": "one", "platform": "fake", "credential": "secret", "cadence": "00:00:05", "settings": { "tenant": "t1" } },
              { "name": "two", "platform": "fake", "credential": "secret", "pollsPerMinute": 30 }
            ]
            """);
        var connections = services.GetRequiredService<PlatformConnections>();

        Assert.Equal(["one", "two"], connections.All.Select(connection => connection.Name));
        Assert.True(connections.TryGet("one", out var one));
        Assert.Equal("t1", one.Options.Settings["tenant"]);
        Assert.Equal(TimeSpan.FromSeconds(5), one.Cadence);
        Assert.Same(one.Connection, one.Connection);
        Assert.Equal(new RequestBudget(30, 1200), connections.Get("two").Budget);
        Assert.False(connections.TryGet("three", out _));
        Assert.Equal("three", Assert.Throws<ConnectionNotFoundException>(() => connections.Get("three")).Connection);
    }

    [Fact]
    public void Start_WrongConfiguration_FailsWithEveryErrorAtOnceAndNoSecret()
    {
        using var services = Services("""
            [
              { "name": "Bad Name", "platform": "nosuch", "credential": "s3cret value" },
              { "name": "twice", "platform": "fake", "credential": "x", "credentialFile": "/also" },
              { "name": "twice", "platform": "fake", "baseAddress": "ftp://host/", "colour": "red" },
              { "name": "ranges", "platform": "fake", "credentialFile": "/no/such/file", "maxRunning": 0, "cadence": "2", "requestTimeout": "10:00:00",
                "startsPerMinute": -1, "pollsPerMinute": "many", "ambiguousStart": "maybe", "baseAddress": "relative", "settings": { "tennant": "x" } }
            ]
            """);

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        string[] expected =
        [
            "(Bad Name): Name must have", "Platform 'nosuch' is unknown; allowed: fake", "(Bad Name): Credential must be printable",
            "1 (twice): exactly one of Credential and CredentialFile", "2 (twice): exactly one of", "2 (twice): BaseAddress must be",
            "Vigil:Connections:2:colour is not a setting", "Vigil:Connections:1, Vigil:Connections:2: 2 connections are named 'twice'", "CredentialFile '/no/such/file' must be", "MaxRunning must be",
            "Vigil:Connections:3:Cadence: must be", "RequestTimeout must be", "StartsPerMinute must be", "3:PollsPerMinute: must be",
            "3:AmbiguousStart: must be fail or resubmit", "3:BaseAddress: must be", "3 (ranges): setting tennant",
        ];
        Assert.All(expected, text => Assert.Contains(error.Failures, failure => failure.Contains(text, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, error.Failures.Count());
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cognite", "Interval", "00:00:05", "Adopt:MaxWatched must be given, from 1 to 100000")]
    [InlineData("cognite", "MaxWatched", "0", "Adopt:MaxWatched must be given, from 1 to 100000")]
    [InlineData("cognite", "MaxWatched", "many", "Adopt:MaxWatched: must be a whole number")]
    [InlineData("cognite", "Cap", "5", "Adopt:Cap is not a setting")]
    [InlineData("cognite", "Targets:0", "a,b", "Adopt:Targets must be at most 50 ids of targets")]
    [InlineData("manifest", "MaxWatched", "5", "Adopt cannot be used: platform 'manifest' cannot list its runs")]
    public void Start_WrongAdoptRule_IsNamed(string platform, string key, string value, string expected)
    {
        using var services = Configured(new()
        {
            ["Vigil:Connections:0:Name"] = "a",
            ["Vigil:Connections:0:Platform"] = platform,
            ["Vigil:Connections:0:BaseAddress"] = "http://127.0.0.1:1/",
            ["Vigil:Connections:0:Credential"] = "x",
            ["Vigil:Connections:0:Settings:project"] = "p",
            [$"Vigil:Connections:0:Adopt:{key}"] = value,
        });

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(error.Failures, failure => failure.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Start_WrongConfigurationOfRealPlatforms_NamesWhereItStandsAndWhatIsAllowed()
    {
        using var services = Configured(new()
        {
            ["Vigil:Connections:cdf:Name"] = "cdf",
            ["Vigil:Connections:cdf:Platform"] = "cognite",
            ["Vigil:Connections:cdf:BaseAddress"] = "not-an-address",
            ["Vigil:Connections:cdf:Credential"] = "x",
            ["Vigil:Connections:other:Name"] = "cdf",
            ["Vigil:Connections:other:Platform"] = "manifset",
            ["Vigil:Connections:other:Credential"] = "x",
        });

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "Vigil:Connections:cdf (cdf): setting project must be given.",
                "Vigil:Connections:cdf, Vigil:Connections:other: 2 connections are named 'cdf'; names must differ.",
                "Vigil:Connections:cdf:BaseAddress: must be an absolute address such as https://host/.",
                "Vigil:Connections:other (cdf): Platform 'manifset' is unknown; allowed: agentic, cognite, gloriamundo, manifest, moderately.",
            ],
            error.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AddVigilConnection_WithoutConfiguration_IsThere()
    {
        await using var services = new ServiceCollection().AddVigilPlatforms().AddVigilPlatforms().AddSingleton<IPlatform, FakePlatform>()
            .AddVigilConnection(new() { Name = "coded", Platform = "fake", Credential = "x" }).BuildServiceProvider();

        Assert.Equal(["coded"], services.GetRequiredService<PlatformConnections>().All.Select(connection => connection.Name));
    }

    private static ServiceProvider Configured(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddVigilPlatforms().BuildServiceProvider();

    private static ServiceProvider Services(string connections)
    {
        var json = $$"""{ "Vigil": { "Connections": {{connections}} } }""";
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddVigilPlatforms();
        services.RemoveAllPlatforms();
        return services.AddSingleton<IPlatform, FakePlatform>().BuildServiceProvider();
    }
}
