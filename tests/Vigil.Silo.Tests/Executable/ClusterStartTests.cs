using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Npgsql;
using Vigil.Silo.Tests.Postgres;
using Vigil.Testing;

namespace Vigil.Silo.Tests.Executable;

/// <summary>Silos of a cluster as processes of their own, killed and started again.</summary>
public sealed class ClusterStartTests(PostgresSilos.Servers servers) : IClassFixture<PostgresSilos.Servers>, IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-cluster-");
    private readonly List<SiloExecutable> _silos = [];
    private string _database = null!;

    public async Task InitializeAsync() => _database = PostgresServer.WhyNot is null ? await servers.CreateDatabaseAsync() : "";

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    [PostgresFact]
    public async Task AllSilosKilled_ComeBackAtTheFirstTryWithFewLines()
    {
        var killed = await StartAsync(3);
        var held = await Task.WhenAll(killed.Select(KillAsync));

        var back = await StartAsync(3);

        Assert.All(back, silo => Assert.InRange(silo.Output.Count, 0, 50));
        Assert.All(held, port => port.Dispose());
    }

    [PostgresFact]
    public async Task SiloKilledJustNow_IsNamedAndWaitedForEvenIfItsClockWasAhead()
    {
        var killed = Assert.Single(await StartAsync(1));
        using var held = await KillAsync(killed);
        await SetClockAheadAsync("10 minutes");

        var next = SiloExecutable.Start(["--port", "0"], Settings(port: 0));
        _silos.Add(next);
        var line = await next.LineAsync("Waiting for silos that the cluster shows as running but that do not answer: Silo_");
        Assert.Contains("they count as gone at", line, StringComparison.Ordinal);
        await next.LineAsync("Vigil listens on ");
    }

    [PostgresFact]
    public async Task Silo_ThatJoinsAndLeaves_IsLoggedByTheOthers()
    {
        var first = Assert.Single(await StartAsync(1));
        var second = Assert.Single(await StartAsync(1));
        await first.LineAsync("joined the cluster");

        await second.SignalAsync("TERM");

        Assert.Contains("it stops", await first.LineAsync("left the cluster"), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task SecondSilo_OnTheSamePort_IsRefusedAndTheFirstGoesOn()
    {
        var port = Ports.Free();
        var first = Assert.Single(await StartAsync(1, port));

        await using var second = SiloExecutable.Start(["--port", "0"], Settings(port));

        Assert.Equal(1, await second.ExitAsync());
        Assert.StartsWith($"Vigil cannot start: port {port} is in use:", Assert.Single(second.Errors), StringComparison.Ordinal);
        var third = Assert.Single(await StartAsync(1));
        await first.LineAsync("joined the cluster");
        Assert.True((await third.Http.GetAsync("/readyz")).IsSuccessStatusCode);
        Assert.True((await first.Http.GetAsync("/readyz")).IsSuccessStatusCode);
    }

    /// <summary>Makes the silos in the cluster's table look as if they had written by a clock that is ahead.</summary>
    /// <summary>Kills a silo and holds its port: another program that listens on it would pass for the silo.</summary>
    private static async Task<Socket> KillAsync(SiloExecutable silo)
    {
        var address = Regex.Match(await silo.LineAsync("reached by other silos at "), "reached by other silos at ([0-9.:]+)").Groups[1].Value;
        await silo.KillAsync();
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(IPEndPoint.Parse(address));
        return held;
    }

    private async Task SetClockAheadAsync(string ahead)
    {
        await using var database = NpgsqlDataSource.Create(_database);
        await using var update = database.CreateCommand(
            $"UPDATE vigil_cluster.members SET alive_time = now() + INTERVAL '{ahead}'");
        await update.ExecuteNonQueryAsync();
    }

    private async Task<SiloExecutable[]> StartAsync(int count, int port = 0)
    {
        var silos = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SiloExecutable.ListeningAsync([], Settings(port))));
        _silos.AddRange(silos);
        return silos;
    }

    private (string, string)[] Settings(int port) =>
    [
        ("Vigil__Store__ConnectionString", _database),
        ("Vigil__Clustering__ClusterId", "test"),
        ("Vigil__Clustering__Address", "127.0.0.1"),
        ("Vigil__Clustering__SiloPort", $"{port}"),
        ("Vigil__Clustering__GatewayPort", "0"),
    ];
}
