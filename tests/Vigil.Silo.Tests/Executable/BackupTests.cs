using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program's file is copied while it runs, is deleted under it, and comes back.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigil-backup-");

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Database => Path.Combine(Data, "vigil.db");

    private string Backup => Path.Combine(_folder.FullName, "backup.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Database_DeletedWhileTheSiloRuns_IsReportedAndComesBackFromItsBackup()
    {
        await using (var silo = await SiloExecutable.ListeningAsync(["--simulate", "--data", Data]))
        {
            await silo.StartAsync("gloriamundo", "workflow", "slow-10m", "first");
            Assert.Equal((0, ""), await BackUpAsync());

            Array.ForEach(Directory.GetFiles(Data, "vigil.db*"), File.Delete);
            await silo.LineAsync("nothing can be stored");

            using var readiness = await silo.Http.GetAsync("/readyz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, readiness.StatusCode);
            Assert.Contains("\"store\"", await readiness.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var refused = await silo.Http.PostAsJsonAsync(
                "/v1/executions", new { connection = "gloriamundo", target = new { kind = "workflow", id = "ok-5s" }, key = "second" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.False(File.Exists(Database));
            await silo.KillAsync();
            Assert.Single(silo.Output.Concat(silo.Errors), line => line.Contains("nothing can be stored", StringComparison.Ordinal));
        }

        File.Copy(Backup, Database);
        await using var restored = await SiloExecutable.ListeningAsync(["--simulate", "--data", Data]);
        Assert.Equal("first", (string?)(await restored.Http.GetFromJsonAsync<JsonNode>("/v1/executions/first"))!["id"]);
        Assert.Equal(HttpStatusCode.NotFound, (await restored.Http.GetAsync("/v1/executions/second")).StatusCode);
    }

    [Fact]
    public async Task Files_AreTheOwnersAlone()
    {
        await using var silo = await SiloExecutable.ListeningAsync(["--simulate", "--data", Data]);
        await silo.StartAsync("gloriamundo", "workflow", "slow-10m", "first");
        await BackUpAsync();

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Data));
            foreach (var file in Directory.GetFiles(Data).Append(Backup))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task Stop_LeavesAllInTheFileItself()
    {
        await using var silo = await SiloExecutable.ListeningAsync(["--simulate", "--data", Data], ("Vigil__Stopping__ReadinessDelay", "00:00:00"));
        await silo.StartAsync("gloriamundo", "workflow", "slow-10m", "first");

        await silo.SignalAsync("TERM");

        Assert.Equal(0, await silo.ExitAsync());
        Assert.Equal(["vigil.db"], Directory.GetFiles(Data, "vigil.db*").Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("", "does not exist")]
    [InlineData("Host=db;Database=vigil", "pg_dump")]
    public async Task Backup_OfNothingThatItCanCopy_SaysWhy(string postgres, string reason)
    {
        var (code, errors) = await BackUpAsync([.. postgres.Length == 0 ? [] : (ReadOnlySpan<(string, string)>)[("Vigil__Store__ConnectionString", postgres)]]);

        Assert.Equal(1, code);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    private async Task<(int Code, string Errors)> BackUpAsync(params (string, string)[] environment)
    {
        await using var command = SiloExecutable.Start(["backup", Backup, "--data", Data], environment);
        return (await command.ExitAsync().WaitAsync(Limit), string.Join('\n', command.Errors));
    }
}
