using System.Diagnostics;

namespace Vigil.Silo.Tests.Packages;

/// <summary>Runs the command <c>dotnet</c> and programs that it has built.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs <c>dotnet</c> to its end and returns what it printed; fails the test if it fails.</summary>
    /// <param name="folder">The working folder.</param>
    /// <param name="arguments">The arguments.</param>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // The test runner's own settings of MSBuild are not a user's, and this variable would replace the folder of packages in a NuGet.config.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name == "NUGET_PACKAGES").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await errors}");
        return await output;
    }
}
