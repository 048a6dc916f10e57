using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program on a disk that is full for a while. VIGIL_FULL_DISK_SECONDS sets for how long; two minutes are the figure in the documentation.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int Executions = 110;

    // Polled by id, from a list and by push, in batches and one by one.
    private static readonly (string Connection, string Kind, string? Version)[] Targets =
    [
        ("agentic", "flow", null), ("moderately", "agent", null), ("manifest", "workflow", null), ("gloriamundo", "workflow", null), ("cognite", "workflow", "1"),
    ];

    private static readonly TimeSpan Full = TimeSpan.FromSeconds(double.Parse(
        Environment.GetEnvironmentVariable("VIGIL_FULL_DISK_SECONDS") ?? "10", CultureInfo.InvariantCulture));

    [RootFact]
    public async Task FullDisk_UnderExecutions_LosesNone_CostsFewLines_AndIsSeenByTheReadiness()
    {
        using var disk = await SmallDisk.MountAsync();
        await using var simulator = await Vigil.Simulator.SimulatorHost.StartAsync(Vigil.Simulator.SimulatorOptions.Lenient);

        // Without the published limits of gloriamundo, whose starts would take minutes.
        await using var silo = await SiloExecutable.ListeningAsync(
            ["--data", Path.Combine(disk.Folder, "data"), "--simulator", simulator.Address.ToString()],
            ("Vigil__Connections__0__StartsPerMinute", "60000"),
            ("Vigil__Connections__0__PollsPerMinute", "60000"));
        var starts = Enumerable.Range(0, Executions).Select(i => StartAsync(silo, i)).ToList();
        await Task.WhenAny(starts);

        var before = silo.Lines.Length;
        using var process = Process.GetProcessById(silo.Id);
        var cpu = process.TotalProcessorTime;
        disk.Fill();
        await silo.LineAsync("Store lost");
        Assert.Contains("store", await (await silo.Http.GetAsync("/readyz")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // How long it is full is what is tried here.
        await Task.Delay(Full, TimeProvider.System);
        process.Refresh();
        output.WriteLine($"{silo.Lines.Length - before} lines and {(process.TotalProcessorTime - cpu).TotalSeconds:0.0} s of CPU in {Full.TotalSeconds:0} s on a full disk");
        Assert.InRange(silo.Lines.Length - before, 1, 100);
        disk.Free();
        await silo.LineAsync("Store back");
        await Task.WhenAll(starts);
        for (var i = 0; i < Executions; i++)
        {
            Assert.Equal("succeeded", (string)(await silo.UntilAsync($"d-{i}", _ => false))["status"]!);
        }
    }

    private static async Task StartAsync(SiloExecutable silo, int i)
    {
        var (connection, kind, version) = Targets[i % Targets.Length];
        var body = new JsonObject
        {
            ["connection"] = connection,
            ["target"] = new JsonObject { ["kind"] = kind, ["id"] = "ok-5s", ["version"] = version },
            ["key"] = $"d-{i}",
        };
        while (true)
        {
            using var answer = await silo.Http.PostAsync("/v1/executions", new StringContent(body.ToJsonString(), null, "application/json"));
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    /// <summary>A disk in memory that is soon full.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigil-disk-");

        public string Folder => _folder.FullName;

        private string Filler => Path.Combine(Folder, "filler");

        public static async Task<SmallDisk> MountAsync()
        {
            var disk = new SmallDisk();
            using var mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=48m", "vigil-test", disk.Folder]);
            await mount.WaitForExitAsync();
            Assert.Equal(0, mount.ExitCode);
            return disk;
        }

        public void Fill()
        {
            using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var block = new byte[1 << 20]; block.Length > 0;)
            {
                try
                {
                    file.Write(block);
                }
                catch (IOException)
                {
                    block = new byte[block.Length / 2];
                }
            }
        }

        public void Free() => File.Delete(Filler);

        public void Dispose()
        {
            using var unmount = Process.Start("umount", ["--lazy", Folder]);
            unmount.WaitForExit();
            _folder.Delete(recursive: true);
        }
    }
}

/// <summary>A test that mounts a disk, which only root may do.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root")
        {
            Skip = "Only root can mount a disk to fill.";
        }
    }
}
