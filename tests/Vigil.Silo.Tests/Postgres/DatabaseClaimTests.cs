using Microsoft.Extensions.Logging.Abstractions;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>Who may use one database at the same time.</summary>
public sealed class DatabaseClaimTests(PostgresSilos.Servers servers) : IClassFixture<PostgresSilos.Servers>
{
    // Short enough to wait for, and long enough that a busy machine renews it in time.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [PostgresTheory]
    [InlineData(null, null, false)]
    [InlineData("a/vigil", null, false)]
    [InlineData(null, "a/vigil", false)]
    [InlineData("a/vigil", "a/other", false)]
    [InlineData("a/vigil", "b/vigil", false)]
    [InlineData("a/vigil", "a/vigil", true)]
    public async Task Second_BesideTheFirst(string? first, string? second, bool isLetIn)
    {
        var database = await servers.CreateDatabaseAsync();
        await using var one = await ClaimAsync(database, first);

        if (isLetIn)
        {
            await using var other = await ClaimAsync(database, second);
        }
        else
        {
            var error = await Assert.ThrowsAsync<StoreException>(() => ClaimAsync(database, second));
            Assert.Contains("ClusterId", error.Message, StringComparison.Ordinal);
            Assert.Contains("Vigil:Store:ConnectionString", error.Message, StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task AnotherCluster_WhenTheMembersOfTheFirstHaveGone_IsLetIn()
    {
        var database = await servers.CreateDatabaseAsync();
        await using (await ClaimAsync(database, "a/vigil"))
        {
        }

        await using var other = await ClaimAsync(database, "b/vigil", waits: Limit);
    }

    [PostgresFact]
    public async Task SiloThatIsAlone_WhenTheOneBeforeHasGone_IsLetInAtOnce()
    {
        var database = await servers.CreateDatabaseAsync();
        await using (await ClaimAsync(database, null))
        {
        }

        await using var other = await ClaimAsync(database, null);
    }

    [PostgresFact]
    public async Task Holder_WhoseServerIsGoneForLongerThanTheLease_StopsAndIsTheFirstToClaimAgain()
    {
        var database = await servers.CreateDatabaseAsync();
        await using var holder = await ClaimAsync(database, "a/vigil");
        Assert.True(holder.IsHeld);

        await servers.RestartAsync(() => UntilAsync(() => !holder.IsHeld));

        await Assert.ThrowsAsync<StoreException>(() => ClaimAsync(database, "b/vigil"));
        await UntilAsync(() => holder.IsHeld);
        await Assert.ThrowsAsync<StoreException>(() => ClaimAsync(database, null, waits: Lease * 2));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<DatabaseClaim> ClaimAsync(string database, string? cluster, TimeSpan waits = default)
    {
        var claim = new DatabaseClaim(database, () => cluster, NullLogger.Instance) { Timeout = waits, Lease = Lease };
        try
        {
            await claim.StartingAsync(CancellationToken.None);
            return claim;
        }
        catch
        {
            await claim.DisposeAsync();
            throw;
        }
    }
}

/// <summary>A theory that needs a PostgreSQL server, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = Vigil.Testing.PostgresServer.WhyNot;
}
