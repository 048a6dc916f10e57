using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vigil.Gateway;
using Vigil.Hosting;

namespace Vigil.Benchmarks;

/// <summary>A real silo with its gateway over SQLite, in this process, without the HTTP API.</summary>
internal static class BenchmarkSilo
{
    /// <param name="folder">Where the store's file lies.</param>
    /// <param name="connection">The options of its one connection, by name.</param>
    /// <param name="configure">Adds services before all others.</param>
    public static WebApplication Build(DirectoryInfo folder, IReadOnlyDictionary<string, string> connection, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"], ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            connection.Select(option => KeyValuePair.Create($"Vigil:Connections:0:{option.Key}", (string?)option.Value))
                .Append(new("Vigil:Store:DataFolder", folder.FullName)));
        configure?.Invoke(builder.Services);
        builder.AddVigilSilo();
        builder.Services.AddVigilGateway();
        return builder.Build();
    }
}
