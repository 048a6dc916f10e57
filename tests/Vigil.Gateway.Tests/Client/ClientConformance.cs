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
    public async Task UnknownId_IsNotFound_WhateverIsAsked()
    {
        var handle = Client.GetHandle("no-such-execution");

        Assert.Equal("no-such-execution", (await Assert.ThrowsAsync<ExecutionNotFoundException>(() => handle.GetAsync())).ExecutionId);
        Func<Task>[] calls =
        [
            () => handle.WaitAsync(), () => handle.GetResultAsync<Output>(), async () => await handle.WatchAsync().ToArrayAsync(),
            () => handle.CancelAsync(), () => handle.AbandonAsync(), () => handle.RetryAsync(), () => handle.NudgeAsync(),
            async () => await handle.StepsAsync().ToArrayAsync(), async () => await handle.FilesAsync().ToArrayAsync(), () => handle.OpenFileAsync("f"),
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
