using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Vigil.Storage;
using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>How the store is chosen, and what is said of a wrong choice. None of these needs a server.</summary>
public sealed class PostgresOptionsTests
{
    private const string Secret = "correct horse";

    [Fact]
    public void ConnectionString_IsSet_ChoosesPostgres()
    {
        using var host = Build("Host=127.0.0.1;Database=vigil");

        Assert.IsType<PostgresStore>(host.Services.GetRequiredService<IVigilStore>());
    }

    [Theory]
    [InlineData($"Host=db;Password={Secret};and more", "Vigil:Store:ConnectionString is not of the form")]
    [InlineData($"Host=db;Port={Secret}", "Vigil:Store:ConnectionString is not of the form")]
    [InlineData($"Host=db;{Secret}=1", "Vigil:Store:ConnectionString is not of the form")]
    [InlineData($"Password={Secret}", "Vigil:Store:ConnectionString has no Host.")]
    [InlineData("", "Vigil:Store:ConnectionString has no Host.")]
    public async Task ConnectionString_IsWrong_StopsTheStartNamingTheFieldAndTellingNothing(string connectionString, string expected)
    {
        using var host = Build(connectionString);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith(expected, Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_NobodyListens_SaysWhereAndNoPassword()
    {
        await using var store = new PostgresStore(new() { ConnectionString = $"Host=127.0.0.1;Port=1;Database=vigil;Username=u;Password={Secret}" });

        var error = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));

        Assert.StartsWith("PostgreSQL at 127.0.0.1:1, database 'vigil' failed: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    private static IHost Build(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["Vigil:Store:ConnectionString"] = connectionString;
        builder.Services.AddVigilStore();
        return builder.Build();
    }
}
