using Vigil.Silo.Tests.Executable;
using Vigil.Silo.Tests.Packages;

namespace Vigil.Silo.Tests.Samples;

/// <summary>The programs of docs/samples, built from the packages, and a silo with the simulated platforms that they use.</summary>
public sealed class BuiltSamples : IAsyncLifetime
{
    private static readonly string Samples = Path.Combine(PackageFolder.Repository, "docs", "samples");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-samples-");
    private string _built = "";
    private RunningSilo? _silo;

    internal RunningSilo Silo => _silo ?? throw new InvalidOperationException("Not started.");

    /// <summary>Gets the settings of a connection to the simulated platform, for a silo that has no limits to keep.</summary>
    internal (string Name, string Value)[] Connection =>
    [
        ("Vigil__Connections__0__BaseAddress", new Uri(Silo.SimulatorAddress!, "gloriamundo/").ToString()),
        ("Vigil__Connections__0__Cadence", "00:00:00.2"),
        ("Vigil__Connections__0__StartsPerMinute", "60000"),
        ("Vigil__Connections__0__PollsPerMinute", "60000"),
    ];

    public async Task InitializeAsync()
    {
        var building = UserProgram.BuildAllAsync(Samples);
        _silo = await RunningSilo.StartAsync(new(_data.FullName, Port: 0, Simulate: true, Path.Combine(Samples, "simulated-runs.json"), Quiet: true), CancellationToken.None);
        _built = await building;
    }

    public async Task DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    /// <summary>Returns the folder that a sample was built into.</summary>
    internal string FolderOf(string sample) => Path.Combine(_built, sample, "bin", "Debug", "net10.0");

    /// <summary>Starts a sample in the folder that it was built into.</summary>
    internal RunningProgram Start(string sample, params (string Name, string Value)[] environment) =>
        new(Path.Combine(FolderOf(sample), $"{sample}.dll"), [], environment, FolderOf(sample));
}
