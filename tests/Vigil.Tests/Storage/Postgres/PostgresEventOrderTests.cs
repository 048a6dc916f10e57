using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>Numbers are given out in order, transactions end in any order; a reader of the events must not notice.</summary>
public sealed class PostgresEventOrderTests(PostgresFixture server) : PostgresWorld(server)
{
    private const string InsertLate =
        "INSERT INTO vigil.events (execution_id, attempt, version, type, at, execution_json) VALUES ('late', 1, 1, 'x', 0, '{}') RETURNING seq";

    [PostgresFact]
    public async Task ReadEventsAsync_ALowerNumberIsNotCommitted_GivesNeitherUntilItIs()
    {
        var store = await OpenAsync();
        var late = await BeginLateAsync();
        await store.WriteAsync(Sample.Start("early"));
        var waiting = store.WaitForEventAsync(0, CancellationToken.None);

        Assert.Empty(await store.ReadEventsAsync(0, 10));
        Assert.Equal(0, await store.ReadEventHeadAsync());
        Assert.False(waiting.IsCompleted);
        await late.RunAsync("COMMIT");

        await waiting.WaitAsync(Patience);
        Assert.Equal(["late", "early"], (await store.ReadEventsAsync(0, 10)).Select(told => told.ExecutionId));
    }

    [PostgresFact]
    public async Task ReadEventsAsync_TheLowerNumberIsRolledBack_GivesTheOther()
    {
        var store = await OpenAsync();
        var late = await BeginLateAsync();
        await store.WriteAsync(Sample.Start("early"));
        Assert.Empty(await store.ReadEventsAsync(0, 10));

        await late.RunAsync("ROLLBACK");

        Assert.Equal("early", Assert.Single(await store.ReadEventsAsync(0, 10)).ExecutionId);
    }

    [PostgresFact]
    public async Task ReadAsync_BothCameAfterTheBoundWasRead_GivesNeither()
    {
        // No lock was held when the reader looked; without the last number it would take the committed event and skip the other for ever.
        var store = await OpenAsync();
        var reader = await OpenRawAsync();
        var bound = await PostgresEvents.ReadBoundAsync(reader.Connection, CancellationToken.None);
        var late = await BeginLateAsync();
        await store.WriteAsync(Sample.Start("early"));

        Assert.Empty(await PostgresEvents.ReadAsync(reader.Connection, 0, bound, 10, CancellationToken.None));

        await late.RunAsync("COMMIT");
        Assert.Equal(2, (await PostgresEvents.ReadAsync(reader.Connection, 0, 10, CancellationToken.None)).Length);
    }

    [PostgresFact]
    public async Task ReadEventsAsync_AnotherProgramsTransactionIsOpen_IsNotHeldUp()
    {
        var store = await OpenAsync();
        var other = await OpenRawAsync();
        await other.RunAsync("CREATE TABLE theirs (id int); BEGIN; INSERT INTO theirs VALUES (1); SELECT pg_advisory_xact_lock(1)");

        await store.WriteAsync(Sample.Start("e1"));

        Assert.Single(await store.ReadEventsAsync(0, 10));
    }

    [PostgresFact]
    public async Task WaitForEventAsync_OfAnotherStoresEvent_Completes()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        var waiting = other.WaitForEventAsync(0, CancellationToken.None);

        await one.WriteAsync(Sample.Start("e1"));

        await waiting.WaitAsync(Patience);
        Assert.Single(await other.ReadEventsAsync(0, 10));
    }

    [PostgresFact]
    public async Task WaitForEventAsync_OthersInterval_IsTheClocks()
    {
        var time = new ManualTimeProvider();
        var (one, other) = (await OpenAsync(), await OpenAsync(Settings with { Time = time }));
        var waiting = other.WaitForEventAsync(0, CancellationToken.None);
        await one.WriteAsync(Sample.Start("e1"));
        Assert.False(waiting.IsCompleted);

        time.Advance(TimeSpan.FromMilliseconds(100));

        await waiting.WaitAsync(Patience);
    }

    [PostgresFact]
    public async Task WaitForEventAsync_TheEventWasRemovedBeforeItWasRead_DoesNotSpin()
    {
        var store = await OpenAsync();
        await store.WriteAsync(Sample.Start("e1"));
        Assert.Equal(1, await store.ReadEventHeadAsync());
        await store.WaitForEventAsync(0, CancellationToken.None).WaitAsync(Patience);
        await (await OpenRawAsync()).RunAsync("DELETE FROM vigil.events");

        Assert.Empty(await store.ReadEventsAsync(0, 10));

        Assert.False(store.WaitForEventAsync(0, CancellationToken.None).IsCompleted);
    }

    /// <summary>Begins a transaction that has been given a number and does not end.</summary>
    private async Task<RawSession> BeginLateAsync()
    {
        var late = await OpenRawAsync();
        await late.RunAsync($"BEGIN; {PostgresEvents.AnnounceSql}");
        Assert.IsType<long>(await late.ReadAsync(InsertLate));
        return late;
    }
}
