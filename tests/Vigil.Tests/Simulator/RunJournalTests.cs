using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Simulator;

/// <summary>A simulator that is started again with the file of the one before.</summary>
public sealed class RunJournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigil-runs-");

    private string RunsFile => Path.Combine(_folder.FullName, "new", "runs.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Runs_AreAsBefore()
    {
        IReadOnlyList<LedgerRun> before;
        await using (var first = await StartAsync())
        {
            await StartRunAsync(first, "ok-5s");
            var cancelled = await StartRunAsync(first, "slow-10m");
            var rewritten = await StartRunAsync(first, "slow-10m");
            first.Time.Advance(TimeSpan.FromSeconds(1));
            first.World.Runs.Find("manifest", cancelled)!.TryCancel(first.Time.GetUtcNow());
            first.World.Runs.Find("manifest", rewritten)!.Rewrite(new() { Outcome = RunOutcome.Killed, Reason = "why" }, first.Time.GetUtcNow());
            before = first.World.LedgerRuns();
        }

        await using var next = await StartAsync();
        next.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(before.Select(run => run with { CancelRequests = 0 }), next.World.LedgerRuns());
        Assert.Equal([RunPhase.Running, RunPhase.Cancelled, RunPhase.Killed], before.Select(run => run.Phase));
    }

    [Fact]
    public async Task Ids_AreNotGivenAgain()
    {
        string before;
        await using (var first = await StartAsync())
        {
            before = await StartRunAsync(first, "ok-5s");
        }

        await using var next = await StartAsync();

        Assert.NotEqual(before, await StartRunAsync(next, "ok-5s"));
    }

    [Fact]
    public async Task Line_ThatTheEndOfTheProcessCutOff_IsLeftOut()
    {
        string whole;
        await using (var first = await StartAsync())
        {
            whole = await StartRunAsync(first, "ok-5s");
        }

        await File.AppendAllTextAsync(RunsFile, """{"number":2,"platf""");
        await using (var second = await StartAsync())
        {
            await StartRunAsync(second, "ok-5s");
        }

        await using var third = await StartAsync();
        Assert.Equal([1, 2], third.World.Runs.All().Select(run => run.Record.Number));
        Assert.Equal(whole, third.World.Runs.All()[0].Id);
    }

    [Fact]
    public async Task Line_ThatIsNoRun_IsNamed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RunsFile)!);
        await File.WriteAllTextAsync(RunsFile, "{}\n");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync());

        Assert.StartsWith($"Line 1 of '{RunsFile}' is not a simulated run:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_OfAnotherSimulator_IsRefused()
    {
        await using var first = await StartAsync();

        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync());

        Assert.StartsWith($"The simulator cannot keep its runs in '{RunsFile}':", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_ForgetsTheRunsForEver()
    {
        await using (var first = await StartAsync())
        {
            await StartRunAsync(first, "ok-5s");
            first.World.Reset();
        }

        await using var next = await StartAsync();

        Assert.Empty(next.World.Runs.All());
    }

    private Task<Simulated> StartAsync() => Simulated.StartAsync(new() { RunsFile = RunsFile });

    private static async Task<string> StartRunAsync(Simulated simulated, string target)
    {
        using var answer = await simulated.Http.PostAsJsonAsync($"/manifest/api/v1/workflows/{target}/executions", new { input_data = new { marker = target } });
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["execution_id"]!;
    }
}
