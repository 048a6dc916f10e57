using Microsoft.Extensions.Time.Testing;
using Vigil.Testing;

namespace Vigil.Gateway.Tests.Client;

/// <summary>The client that apps use in their tests treats them as a cluster does.</summary>
public sealed class FakeVigilClientTests
{
    private static readonly StartExecution Request = new() { Connection = "c", Target = new("workflow", "digest") };

    private readonly FakeVigilClient _vigil = new();

    [Fact]
    public async Task Start_RepeatedWithItsKey_IsOne_AndWithAnotherRequestAConflict()
    {
        var first = await _vigil.StartAsync(Request, "k");
        var again = await _vigil.StartAsync(Request with { Metadata = Request.Metadata }, "k");

        Assert.Equal(("k", "k"), (first.Id, again.Id));
        Assert.Single(_vigil.Started);
        var error = await Assert.ThrowsAsync<ExecutionConflictException>(() => _vigil.StartAsync(Request with { Connection = "d" }, "k"));
        Assert.Equal("key_reused", error.Code);
        var invalid = await Assert.ThrowsAsync<InvalidRequestException>(() => _vigil.StartAsync(Request with { Deadline = TimeSpan.FromDays(400) }, "no key"));
        Assert.Equal(["key", "deadline_seconds"], invalid.Errors.Select(error => error.Field));
    }

    [Fact]
    public async Task List_HasPages()
    {
        foreach (var key in (string[])["a", "b", "c"])
        {
            await _vigil.StartAsync(Request, key);
        }

        var first = await _vigil.ListAsync(new() { PageSize = 2, Statuses = default });
        var all = await _vigil.ListAllAsync(new() { PageSize = 2, Ascending = true }).Select(execution => execution.Id).ToArrayAsync();

        Assert.Equal(2, first.Items.Length);
        Assert.NotNull(first.NextCursor);
        Assert.Equal(["a", "b", "c"], all.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Wait_EndsWhenTheTestSaysSo_OrWithItsTimeoutOrToken()
    {
        var time = new FakeTimeProvider();
        var vigil = new FakeVigilClient(time);
        var handle = await vigil.StartAsync(Request);
        var wait = vigil.WaitAsync(handle.Id, TimeSpan.FromSeconds(5));
        using var cancellation = new CancellationTokenSource();
        var cancelled = handle.WaitAsync(cancellation.Token);
        var end = handle.WaitAsync();

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False((await wait).Terminal);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        vigil.End(handle.Id, FakeEnd.With(ExecutionStatus.Lost, "not_found"));

        Assert.Equal(("not_found", time.GetUtcNow()), ((await end).Failure?.Reason, (await end).EndedAt));
        Assert.Throws<ExecutionFinishedException>(() => vigil.End(handle.Id, FakeEnd.Succeeded()));
        Assert.Throws<ExecutionNotFoundException>(() => vigil.End("unknown", FakeEnd.Succeeded()));
    }

    [Fact]
    public async Task Observe_TellsEachEventOnce_FromThePastToTheEnd()
    {
        var handle = await _vigil.StartAsync(Request, "k");
        var seen = new List<string>();
        var observing = Task.Run(async () =>
        {
            await foreach (var executionEvent in handle.ObserveAsync())
            {
                seen.Add($"{executionEvent.Version} {executionEvent.Type}");
            }
        });
        await using var all = _vigil.ObserveAsync(new EventFilter { Types = [ExecutionEventTypes.Ended] }, afterSeq: 0).GetAsyncEnumerator();
        var ended = all.MoveNextAsync();

        _vigil.Change("k", execution => execution with { Progress = new(1, 2, 50, "read") });
        await _vigil.CancelAsync("k");
        await observing;

        Assert.Equal(["1 execution.accepted", "2 execution.updated", "3 execution.ended"], seen);
        Assert.True(await ended);
        Assert.Equal((3, ExecutionStatus.Cancelled), (all.Current.Seq, all.Current.Execution.Status));
    }

    [Fact]
    public async Task Commands_ToWhatHasEnded_AreRefusedAsInACluster()
    {
        await _vigil.StartAsync(Request, "k");
        await _vigil.AbandonAsync("k");
        Assert.Equal(ExecutionStatus.Abandoned, (await _vigil.AbandonAsync("k")).Status);
        await Assert.ThrowsAsync<ExecutionFinishedException>(async () => await _vigil.CancelAsync("k"));

        var retried = await _vigil.RetryAsync("k");
        Assert.Equal((2, null), (retried.Attempt, retried.Output));
        var error = await Assert.ThrowsAsync<ExecutionConflictException>(async () => await _vigil.RetryAsync("k"));
        Assert.Equal("not_finished", error.Code);
    }

    [Fact]
    public async Task StepsFilesListsAndConnections_AreThoseOfTheTest()
    {
        var handle = await _vigil.StartAsync(Request, "k");
        await _vigil.StartAsync(Request with { Connection = "other" });
        _vigil.SetSteps("k", new Step { ExecutionId = "k", Id = "s", Name = "write", Files = [new("f", "a.txt", "/a.txt", 2, "s", null)] });
        _vigil.SetContent("k", "f", "hi"u8.ToArray());
        _vigil.AddConnection(new() { Name = "c", Platform = "gloriamundo", State = "active", TargetKinds = ["workflow"] });

        var file = Assert.Single(await handle.FilesAsync().ToArrayAsync());
        using var content = new MemoryStream();
        await using (var open = await handle.OpenFileAsync(file.Id))
        {
            await open.CopyToAsync(content);
        }

        Assert.Equal("hi"u8, content.ToArray());
        Assert.Equal("k", Assert.Single((await _vigil.ListAsync(new() { Connection = "c" })).Items).Id);
        Assert.Equal("suspended", (await _vigil.PauseConnectionAsync("c")).State);
        await Assert.ThrowsAsync<ConnectionNotFoundException>(async () => await _vigil.ResumeConnectionAsync("unknown"));
    }
}
