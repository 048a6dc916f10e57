using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Benchmarks;

/// <summary>A real silo with its gateway, in this process; the HTTP API is mapped by who needs it.</summary>
internal static class BenchmarkSilo
{
    /// <param name="folder">Where the store's file lies.</param>
    /// <param name="connection">The options of its one connection, by name.</param>
    /// <param name="configure">Adds services before all others.</param>
    /// <param name="database">The PostgreSQL database; null for SQLite in the folder.</param>
    /// <param name="settings">More of its settings.</param>
    public static WebApplication Build(
        DirectoryInfo folder,
        IReadOnlyDictionary<string, string> connection,
        Action<IServiceCollection>? configure = null,
        string? database = null,
        IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"], ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            connection.Select(option => KeyValuePair.Create($"Vigil:Connections:0:{option.Key}", (string?)option.Value))
                .Append(database is null ? new("Vigil:Store:DataFolder", folder.FullName) : new("Vigil:Store:ConnectionString", database))
                .Concat(settings ?? []));
        configure?.Invoke(builder.Services);
        builder.AddVigilSilo();
        builder.Services.AddVigilGateway();
        return builder.Build();
    }
}
