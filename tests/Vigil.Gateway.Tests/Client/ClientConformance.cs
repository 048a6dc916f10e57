namespace Vigil.Gateway.Tests.Client;

/// <summary>What every implementation of <see cref="IVigilClient"/> does, against one running product.</summary>
public abstract class ClientConformance(VigilApp app)
{
    private static readonly StartExecution Quick = new() { Connection = "gloriamundo", Target = new("workflow", "ok-5s") };

    /// <summary>Gets the client under test.</summary>
    protected abstract IVigilClient Client { get; }

    protected VigilApp App { get; } = app;

    [Fact]
    public async Task StartedExecution_WaitedFor_GivesItsResult()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());

        var result = await handle.GetResultAsync<Output>();

        Assert.Equal("Done.", result.Text);
        Assert.Equal(ExecutionStatus.Succeeded, handle.LastSeen!.Status);
    }

    [Fact]
    public async Task Handle_MadeFromTheIdAlone_KnowsTheExecution()
    {
        var key = VigilApp.NewKey();
        await Client.StartAsync(Quick, key);

        var ended = await Client.GetHandle(key).WaitAsync();

        Assert.Equal((key, ExecutionStatus.Succeeded), (ended.Id, ended.Status));
    }

    [Fact]
    public async Task RepeatedStart_IsTheSameExecution_AndAnotherWithItsKeyAConflict()
    {
        var key = VigilApp.NewKey();
        var first = await Client.StartAsync(Quick, key);
        var second = await Client.StartAsync(Quick, key);

        Assert.Equal(first.Id, second.Id);
        var conflict = await Assert.ThrowsAsync<ExecutionConflictException>(() => Client.StartAsync(Quick with { Target = new("workflow", "fail-5s") }, key));
        Assert.Equal(key, conflict.ExecutionId);
    }

    [Fact]
    public async Task FailedExecution_ThrowsWithItsStatusReasonAndSteps()
    {
        var handle = await Client.StartAsync(Quick with { Target = new("workflow", "fail-5s") }, VigilApp.NewKey());

        var failed = await Assert.ThrowsAsync<ExecutionFailedException>(() => handle.GetResultAsync<Output>());

        Assert.Equal(ExecutionStatus.Failed, failed.Status);
        Assert.Equal("The mail connection has expired.", failed.Failure!.Reason);
        Assert.Single(failed.FailedSteps);
        Assert.Contains("The mail connection has expired.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_OfAnotherType_SaysWhatIsWrong()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());

        var wrong = await Assert.ThrowsAsync<ExecutionOutputException>(() => handle.GetResultAsync<int>());

        Assert.Contains("Int32", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_YieldsRisingVersions_UntilTheEnd()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());
        var seen = new List<Execution>();

        await foreach (var execution in handle.WatchAsync())
        {
            seen.Add(execution);
        }

        Assert.True(seen[^1].Terminal);
        Assert.Equal(seen.Select(execution => execution.Version).Order(), seen.Select(execution => execution.Version));
    }

    [Fact]
    public async Task Observe_YieldsEveryStoredEventOnceAndInOrder_UntilTheEnd()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());
        var live = await handle.ObserveAsync().ToArrayAsync();
        var stored = await handle.ObserveAsync().ToArrayAsync();

        Assert.Equal(ExecutionEventTypes.Accepted, live[0].Type);
        Assert.Contains(live, one => one is { Type: ExecutionEventTypes.Ended, Execution.Status: ExecutionStatus.Succeeded });
        Assert.Equal(live.Select(one => one.Id), stored.Take(live.Length).Select(one => one.Id));
        Assert.Equal(stored.Select(one => one.Version).Distinct().Order(), stored.Select(one => one.Version));
        Assert.Equal(stored.Select(one => one.Seq).Distinct().Order(), stored.Select(one => one.Seq));
        Assert.All(stored, one => Assert.Equal(($"{handle.Id}/{one.Version}", handle.Id), (one.Id, one.Execution.Id)));
    }

    [Fact]
    public async Task Observe_AfterAVersion_YieldsWhatCameLater_AndNothingAfterTheLast()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());
        var all = await handle.ObserveAsync().ToArrayAsync();

        Assert.Equal(all[1].Id, (await handle.ObserveAsync(all[0].Version).FirstAsync()).Id);
        var ended = await handle.GetAsync();
        Assert.Empty(await handle.ObserveAsync(ended.Version).ToArrayAsync());
    }

    [Fact]
    public async Task Observe_AfterAVersionThatIsNotThere_SaysThatEventsAreMissing()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());
        var ended = await handle.WaitAsync();

        var missed = await Assert.ThrowsAsync<EventsMissedException>(async () => await handle.ObserveAsync(afterVersion: 1_000_000).FirstAsync());

        Assert.Equal(1_000_000, missed.After);
        Assert.InRange(missed.Next, ended.Version, 999);
    }

    [Fact]
    public async Task ObserveAll_WithAFilter_YieldsOnlyWhatMatches()
    {
        var (one, other, failing) = (VigilApp.NewKey(), VigilApp.NewKey(), VigilApp.NewKey());
        var before = (await (await Client.StartAsync(Quick, VigilApp.NewKey())).ObserveAsync().FirstAsync()).Seq;
        await Client.StartAsync(Quick, one);
        await Client.StartAsync(Quick with { Target = new("workflow", "fail-5s") }, failing);
        var filter = new EventFilter
        {
            Types = [ExecutionEventTypes.Ended],
            Statuses = [ExecutionStatus.Failed],
            Connection = "gloriamundo",
            Platform = "gloriamundo",
            TargetKind = "workflow",
            TargetId = "fail-5s",
        };

        var first = await Client.ObserveAsync(filter, before).FirstAsync(seen => seen.Execution.Id == failing);

        Assert.Equal((ExecutionEventTypes.Ended, ExecutionStatus.Failed), (first.Type, first.Execution.Status));
        await Client.StartAsync(Quick, other);
        var seen = new List<ExecutionEvent>();
        await foreach (var next in Client.ObserveAsync(new EventFilter { Types = [ExecutionEventTypes.Ended], Connection = "gloriamundo", TargetId = "ok-5s" }, before))
        {
            seen.Add(next);
            if (seen.Count(ended => ended.Execution.Id == one || ended.Execution.Id == other) == 2)
            {
                break;
            }
        }

        Assert.All(seen, ended => Assert.Equal(("ok-5s", ExecutionEventTypes.Ended), (ended.Execution.Target!.Id, ended.Type)));
        Assert.Equal(seen.Select(ended => ended.Seq).Distinct().Order(), seen.Select(ended => ended.Seq));
    }

    [Fact]
    public async Task ObserveAll_FromNowOn_YieldsTheNextEvents()
    {
        await (await Client.StartAsync(Quick, VigilApp.NewKey())).WaitAsync();
        await using var events = Client.ObserveAsync(new EventFilter { Connection = "gloriamundo" }).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        var from = TimeProvider.System.GetUtcNow();

        // When the observation has begun does not show before its first event.
        while (!next.IsCompleted)
        {
            await (await Client.StartAsync(Quick, VigilApp.NewKey())).WaitAsync();
        }

        Assert.True(await next);
        Assert.InRange(events.Current.At, from.AddSeconds(-5), DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task ObserveAll_WrongInWhatItAsksFor_SaysWhat()
    {
        var wrong = new EventFilter { Types = ["ended"], Connection = new('x', 65) };
        var invalid = await Assert.ThrowsAsync<InvalidRequestException>(async () => await Client.ObserveAsync(wrong).FirstAsync());
        var missed = await Assert.ThrowsAsync<EventsMissedException>(async () => await Client.ObserveAsync(new EventFilter(), 1_000_000_000).FirstAsync());

        Assert.Equal(["connection", "type"], invalid.Errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        Assert.Equal(1_000_000_000, missed.After);
        Assert.InRange(missed.Next, 0, 999_999_999);
    }

    [Fact]
    public async Task CancelledObservation_EndsAndNothingElse()
    {
        var handle = await Client.StartAsync(Quick with { Target = new("workflow", "slow-10m") }, VigilApp.NewKey());
        using var cancelled = new CancellationTokenSource();
        await using var events = handle.ObserveAsync(cancellationToken: cancelled.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await events.MoveNextAsync())
            {
            }
        });
        Assert.False((await handle.GetAsync()).Terminal);
        await handle.AbandonAsync();
    }

    [Fact]
    public async Task UnknownId_IsNotFound_WhateverIsAsked()
    {
        var handle = Client.GetHandle("no-such-execution");

        Assert.Equal("no-such-execution", (await Assert.ThrowsAsync<ExecutionNotFoundException>(() => handle.GetAsync())).ExecutionId);
        Func<Task>[] calls =
        [
            () => handle.WaitAsync(), () => handle.GetResultAsync<Output>(), async () => await handle.WatchAsync().ToArrayAsync(),
            () => handle.CancelAsync(), () => handle.AbandonAsync(), () => handle.RetryAsync(), () => handle.NudgeAsync(),
            async () => await handle.StepsAsync().ToArrayAsync(), async () => await handle.FilesAsync().ToArrayAsync(), () => handle.OpenFileAsync("f"),
            async () => await handle.ObserveAsync().ToArrayAsync(),
        ];
        foreach (var call in calls)
        {
            Assert.Equal("no-such-execution", (await Assert.ThrowsAsync<ExecutionNotFoundException>(call)).ExecutionId);
        }

        await Assert.ThrowsAsync<InvalidRequestException>(() => Client.GetAsync("no such id"));
    }

    [Fact]
    public async Task InvalidStart_NamesEveryField()
    {
        var invalid = await Assert.ThrowsAsync<InvalidRequestException>(
            () => Client.StartAsync(new() { Connection = "gloriamundo", Target = new("robot", "x"), Input = "[1]" }, "not a key"));

        Assert.Equal(["input", "key", "target.kind"], invalid.Errors.Select(error => error.Field).Distinct().Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<ConnectionNotFoundException>(() => Client.StartAsync(Quick with { Connection = "nowhere" }));
    }

    [Fact]
    public async Task CancelledWait_EndsTheWaitAndNothingElse()
    {
        var handle = await Client.StartAsync(Quick with { Target = new("workflow", "slow-10m") }, VigilApp.NewKey());
        using var cancelled = new CancellationTokenSource();
        var wait = handle.WaitAsync(cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.False((await handle.GetAsync()).Terminal);
        Assert.Equal(ExecutionStatus.Abandoned, (await handle.AbandonAsync("no longer wanted")).Status);
        Assert.Equal(ExecutionStatus.Abandoned, (await Assert.ThrowsAsync<ExecutionFailedException>(() => handle.GetResultAsync<Output>())).Status);
    }

    [Fact]
    public async Task Commands_ThatCannotBe_SayWhy()
    {
        var handle = await Client.StartAsync(Quick, VigilApp.NewKey());
        var notSupported = await Assert.ThrowsAsync<CommandNotSupportedException>(() => handle.CancelAsync());
        var ended = await handle.WaitAsync();
        var finished = await Assert.ThrowsAsync<ExecutionFinishedException>(() => handle.AbandonAsync());

        Assert.Equal(("cancel", "gloriamundo"), (notSupported.Command, notSupported.Platform));
        Assert.Equal((ended.Id, ExecutionStatus.Succeeded), (finished.ExecutionId, finished.Status));
        Assert.Equal("retry", (await Assert.ThrowsAsync<CommandNotSupportedException>(() => handle.RetryAsync())).Command);
        Assert.Equal(ended.Id, (await handle.NudgeAsync()).Id);
    }

    [Fact]
    public async Task StepsAndFiles_AreReadAndDownloaded()
    {
        var handle = await Client.StartAsync(new() { Connection = "agentic", Target = new("flow", "files-5s") }, VigilApp.NewKey());
        await handle.WaitAsync();
        var steps = await handle.StepsAsync().ToArrayAsync();
        var files = await handle.FilesAsync().ToArrayAsync();
        using var content = new MemoryStream();
        await using (var file = await handle.OpenFileAsync(files[0].Id))
        {
            await file.CopyToAsync(content);
        }

        Assert.All(steps, step => Assert.Equal(StepStatus.Succeeded, step.Status));
        Assert.Equal(files[0].SizeBytes, content.Length);
        await Assert.ThrowsAsync<ExecutionFileNotFoundException>(() => handle.OpenFileAsync("no-such-file"));
    }

    [Fact]
    public async Task List_GoesThroughAllPages()
    {
        string[] keys = [VigilApp.NewKey(), VigilApp.NewKey(), VigilApp.NewKey()];
        foreach (var key in keys)
        {
            await Client.StartAsync(Quick, key);
        }

        var listed = await Client.ListAllAsync(new() { Connection = "gloriamundo", PageSize = 2 }).Select(execution => execution.Id).ToArrayAsync();

        Assert.All(keys, key => Assert.Contains(key, listed));
        await Assert.ThrowsAsync<InvalidRequestException>(() => Client.ListAsync(new() { Cursor = "junk" }));
    }

    [Fact]
    public async Task AdoptedRun_IsTheExecutionThatWatchesIt_AndAnUnknownOneNotFound()
    {
        var started = await Client.StartAsync(Quick, VigilApp.NewKey());
        var remoteId = (string)(await App.RunAsync(started.Id))["remote_id"]!;

        var adopted = await Client.AdoptAsync(new() { Connection = "gloriamundo", RemoteId = remoteId });

        Assert.Equal(started.Id, adopted.Id);
        var unknown = await Assert.ThrowsAsync<RemoteRunNotFoundException>(() => Client.AdoptAsync(new() { Connection = "gloriamundo", RemoteId = "no-such-run" }));
        Assert.Equal("no-such-run", unknown.RemoteId);
    }

    [Fact]
    public async Task Connection_IsPausedAndResumed()
    {
        Assert.Equal("suspended", (await Client.PauseConnectionAsync("cognite")).State);
        Assert.Equal("suspended", (await Client.ListConnectionsAsync()).Single(connection => connection.Name == "cognite").State);
        Assert.Equal("active", (await Client.ResumeConnectionAsync("cognite")).State);
        await Assert.ThrowsAsync<ConnectionNotFoundException>(() => Client.PauseConnectionAsync("nowhere"));
    }

    private sealed record Output(string Text);
}
