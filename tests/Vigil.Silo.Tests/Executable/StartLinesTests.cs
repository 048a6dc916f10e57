namespace Vigil.Silo.Tests.Executable;

/// <summary>What the program prints of itself at a healthy start.</summary>
public sealed class StartLinesTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-lines-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Start_SaysInALineEachWhatItIs_AndNothingAlarming()
    {
        await using var silo = await SiloExecutable.ListeningAsync(["--simulate", "--data", _data.FullName]);
        await EndAsync(silo);

        string[] expected =
            ["Vigil 0.1.0", $"Store: SQLite in {_data.FullName}", "Silo: Silo_", "Connections: gloriamundo (gloriamundo), agentic (agentic)", "Callers: not authenticated", "Vigil listens on http://127.0.0.1:"];
        Assert.All(expected, text => Assert.Single(silo.Output, line => line.Contains(text, StringComparison.Ordinal)));
        Assert.Empty(silo.Errors);

        // Other warnings are honest: a busy machine does stall.
        Assert.DoesNotContain(silo.Output, line => line.Contains("ServerGC", StringComparison.Ordinal) || line.Contains("Participant check thread", StringComparison.Ordinal));
    }

    [Fact]
    public async Task JsonFormatter_PrintsJsonLinesAlone()
    {
        await using var silo = SiloExecutable.Start(["--simulate", "--port", "0", "--data", _data.FullName], ("Logging__Console__FormatterName", "json"));
        await silo.LineAsync("Vigil listens on ");
        await EndAsync(silo);

        Assert.All(silo.Output, line =>
        {
            using var json = JsonDocument.Parse(line);
            Assert.True(json.RootElement.GetProperty("Timestamp").TryGetDateTimeOffset(out _), line);
        });
    }

    private static async Task EndAsync(SiloExecutable silo)
    {
        await silo.SignalAsync("TERM");
        Assert.Equal(0, await silo.ExitAsync());
    }
}
