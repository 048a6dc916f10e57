using Vigil.Storage.Clustering;
using Vigil.Storage;

namespace Vigil.Gateway.Tests.Postgres;

/// <summary>Who may use one database at the same time.</summary>
public sealed class DatabaseClaimTests(PostgresSilos.Servers servers) : IClassFixture<PostgresSilos.Servers>
{
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

        await using var other = new DatabaseClaim(database, () => "b/vigil");
        await other.StartingAsync(CancellationToken.None);
    }

    private static async Task<DatabaseClaim> ClaimAsync(string database, string? cluster)
    {
        var claim = new DatabaseClaim(database, () => cluster) { Timeout = TimeSpan.Zero };
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
