using Vigil.Storage;
using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>One silo settles a delivery while another adds the next one: the second to commit must see what the first did, or nobody makes it due.</summary>
public sealed class PostgresDeliveryRaceTests(PostgresFixture server) : PostgresWorld(server)
{
    [PostgresFact]
    public async Task Write_WhileTheOneBeforeIsBeingSettled_IsDueAtOnce()
    {
        var store = await OpenAsync();
        var etag = await store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        Assert.Single(await LeaseAsync(store));
        var other = await OpenRawAsync();
        await other.RunAsync("BEGIN; UPDATE vigil.deliveries SET state = 1, worker = NULL, due_at = NULL");

        var write = store.WriteAsync(Sample.Next("e1", etag, 2, subscribers: "grain:s/1"));
        await other.UntilWritersWaitAsync();
        await other.RunAsync("COMMIT");
        await write.WaitAsync(Patience);

        Assert.Equal(2, Assert.Single(await LeaseAsync(store)).Event.Version);
    }

    [PostgresFact]
    public async Task Settle_WhileTheNextOneIsBeingAdded_MakesItDue()
    {
        var store = await OpenAsync();
        await store.WriteAsync(Sample.Start("e1", subscribers: "grain:s/1"));
        var first = Assert.Single(await LeaseAsync(store));
        var other = await OpenRawAsync();
        await other.RunAsync(
            """
            BEGIN; SELECT id FROM vigil.deliveries FOR UPDATE;
            INSERT INTO vigil.deliveries (event_seq, execution_id, destination, state, attempts, created_at)
            SELECT event_seq, execution_id, destination, 0, 0, created_at FROM vigil.deliveries
            """);

        var settle = store.SettleDeliveriesAsync([new(first.Id, "worker", DueAgainAt: null, Error: null)]);
        await other.UntilWritersWaitAsync();
        await other.RunAsync("COMMIT");
        await settle.WaitAsync(Patience);

        Assert.True(Assert.Single(await LeaseAsync(store)).Id > first.Id);
    }

    [PostgresFact]
    public async Task OneStoreWritesTwoDeliver_EverythingArrivesOnceAndInOrder()
    {
        const int Executions = 20;
        const int Versions = 15;
        var writer = await OpenAsync();
        PostgresStore[] workers = [await OpenAsync(), await OpenAsync()];
        var told = new List<(string Execution, string Destination, long Version)>();
        var done = new TaskCompletionSource();
        var delivering = workers.Select((store, n) => Task.Run(() => DeliverAsync(store, $"w{n}", told, Executions * Versions * 2, done))).ToArray();

        await Task.WhenAll(Enumerable.Range(0, Executions).Select(async n =>
        {
            var etag = await writer.WriteAsync(Sample.Start($"e{n}", subscribers: ["grain:a", "grain:b"]));
            for (int version = 2; version <= Versions; version++)
            {
                etag = await writer.WriteAsync(Sample.Next($"e{n}", etag, version, subscribers: ["grain:a", "grain:b"]));
            }
        }));
        await Task.WhenAll(delivering).WaitAsync(Patience);

        Assert.All(told.GroupBy(one => (one.Execution, one.Destination)), mine =>
            Assert.Equal(Enumerable.Range(1, Versions).Select(version => (long)version), mine.Select(one => one.Version)));
        Assert.Equal(Executions * Versions * 2, told.Count);
    }

    private static async Task DeliverAsync(
        PostgresStore store, string worker, List<(string Execution, string Destination, long Version)> told, int expected, TaskCompletionSource done)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!done.Task.IsCompleted && !patience.IsCancellationRequested)
        {
            var leased = await LeaseAsync(store, worker, limit: 7);
            lock (told)
            {
                told.AddRange(leased.Select(one => (one.Event.ExecutionId, one.Destination, one.Event.Version)));
                if (told.Count >= expected)
                {
                    done.TrySetResult();
                }
            }

            await store.SettleDeliveriesAsync([.. leased.Select(one => new DeliveryOutcome(one.Id, worker, DueAgainAt: null, Error: null))]);
        }
    }

    private static Task<ImmutableArray<StoredDelivery>> LeaseAsync(PostgresStore store, string worker = "worker", int limit = 10) =>
        store.LeaseDeliveriesAsync(worker, Sample.Noon, Sample.Noon.AddMinutes(10), limit);
}
