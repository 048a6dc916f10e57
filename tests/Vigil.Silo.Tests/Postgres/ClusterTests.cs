using Microsoft.Extensions.Options;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>Three silos of one cluster, which Orleans forms over Vigil's own tables.</summary>
public sealed class ClusterTests(PostgresSilos.Servers servers) : PostgresSilos(servers)
{
    private static readonly (string, string?)[] Clustered =
        [("Vigil:Clustering:Address", "127.0.0.1"), ("Vigil:Clustering:SiloPort", "0"), ("Vigil:Clustering:GatewayPort", "0")];

    [PostgresFact]
    public async Task Executions_StartedThroughEach_EndWhereverTheyAreAskedForAndOutliveASilo()
    {
        var silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartSiloAsync(Clustered)));
        var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => StartExecutionAsync(silos[n % 3])));

        await StopAsync(silos[2]);
        var statuses = await Task.WhenAll(ids.Select((id, n) => WaitAsync(silos[n % 2], id)));

        Assert.All(statuses, status => Assert.Equal("succeeded", status));
    }

    [Fact]
    public async Task StoreIsAFile_IsAStartErrorThatNamesBoth()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartSiloAsync([.. Clustered, ("Vigil:Store:ConnectionString", null)]));

        Assert.Contains(
            "Vigil:Clustering is set, but Vigil:Store:ConnectionString is not: the silos of a cluster share one database, but only one process can use a file.",
            StartError.Explain(error));
    }

    [Theory]
    [InlineData("ConnectionString", "Host=db;secret=1", "Vigil:Clustering:ConnectionString is not of the form")]
    [InlineData("Address", "db", "Vigil:Clustering:Address 'db' is not an IP address.")]
    [InlineData("SiloPort", "70000", "SiloPort must be between 0 and 65535")]
    [InlineData("ClusterId", "", "The ClusterId field is required.")]
    public async Task WrongSetting_IsAStartErrorThatNamesIt(string field, string value, string expected)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartSiloAsync(
            [.. Clustered, ("Vigil:Store:ConnectionString", "Host=127.0.0.1"), ($"Vigil:Clustering:{field}", value)]));

        var line = Assert.Single(StartError.Explain(error));
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }
}
