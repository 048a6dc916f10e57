using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Vigil.Benchmarks;

/// <summary>A silo in a process of its own, so that what its client uses can be told from what it uses itself.</summary>
internal sealed class ClientSilo : IDisposable
{
    public const string Connection = "live";

    private readonly Process _process;

    private ClientSilo(Process process, IPEndPoint cluster, Uri http) => (_process, Cluster, Http) = (process, cluster, http);

    /// <summary>Gets the endpoint to which Orleans clients connect.</summary>
    public IPEndPoint Cluster { get; }

    /// <summary>Gets the address of the HTTP API.</summary>
    public Uri Http { get; }

    /// <summary>Gets the settings of its connection, of which a hundred runs are polled in one request.</summary>
    /// <param name="platform">The address of a <see cref="LivePlatform"/>.</param>
    public static Dictionary<string, string> ConnectionTo(Uri platform) => new()
    {
        ["Name"] = Connection,
        ["Platform"] = "moderately",
        ["BaseAddress"] = platform.ToString(),
        ["Credential"] = "any",
        ["PollsPerMinute"] = "1000000",
        ["StartsPerMinute"] = "1000000",
        ["Settings:team_id"] = "t",
    };

    /// <summary>Starts a silo.</summary>
    /// <param name="platform">The address of a <see cref="LivePlatform"/>.</param>
    /// <param name="database">The PostgreSQL database of its cluster; null for a silo alone, over SQLite.</param>
    public static async Task<ClientSilo> StartAsync(Uri platform, string? database = null)
    {
        string[] arguments = [typeof(ClientSilo).Assembly.Location, "client-silo", platform.ToString(), .. database is null ? Array.Empty<string>() : [database]];
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var cluster = IPEndPoint.Parse((await process.StandardOutput.ReadLineAsync())!);
        return new(process, cluster, new((await process.StandardOutput.ReadLineAsync())!));
    }

    /// <summary>Serves until the standard input ends; the output's lines are the two addresses.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var database = arguments is [_, var given] ? given : null;
        var folder = Directory.CreateDirectory($"vigil-benchmark-{Guid.NewGuid():N}");
        await using (var app = BenchmarkSilo.Build(folder, ConnectionTo(new(arguments[0])), database: database, settings: database is null ? null : Clustered))
        {
            app.MapVigil();
            await app.StartAsync();
            Console.WriteLine(app.Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress.Endpoint);
            Console.WriteLine(app.Urls.First());
            await Console.In.ReadToEndAsync();
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
        return 0;
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Dictionary<string, string?> Clustered => new() { ["Vigil:Clustering:SiloPort"] = "0", ["Vigil:Clustering:GatewayPort"] = "0" };
}
