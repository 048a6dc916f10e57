using Vigil.Storage;
using Vigil.Storage.Writing;

namespace Vigil.Tests.Storage;

public sealed class WriteQueueTests
{
    [Fact]
    public async Task EnqueueAsync_WhileATransactionIsUnderWay_GathersForTheNext()
    {
        using var executor = new FakeExecutor();
        await using var queue = new WriteQueue(executor, new(), hook: null);
        executor.Hold();
        var first = queue.EnqueueAsync(new Note("first"));
        await executor.EnteredAsync();

        var others = Enumerable.Range(0, 100).Select(n => queue.EnqueueAsync(new Note($"{n}"))).ToList();
        Assert.DoesNotContain(others, other => other.IsCompleted);
        executor.Release();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([1, 100], executor.Transactions.Select(transaction => transaction.Count));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => $"{n}"), executor.Transactions[1]);
    }

    [Theory]
    [InlineData(10, long.MaxValue, new[] { 10, 10, 5 })]
    [InlineData(int.MaxValue, 70, new[] { 7, 7, 7, 4 })]
    [InlineData(0, 0, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public async Task Transactions_TakeNoMoreThanTheirRowsAndBytes(int rows, long bytes, int[] expected)
    {
        using var executor = new FakeExecutor();
        await using var queue = new WriteQueue(executor, new() { TransactionRows = rows, TransactionBytes = bytes }, hook: null);
        executor.Hold();
        var first = queue.EnqueueAsync(new Note("first"));
        await executor.EnteredAsync();

        var others = Enumerable.Range(0, 25).Select(n => queue.EnqueueAsync(new Note($"{n}", Size: 10))).ToList();
        executor.Release();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(expected, executor.Transactions.Skip(1).Select(transaction => transaction.Count));
    }

    [Fact]
    public async Task EnqueueAsync_TooMuchWaits_IsRefusedAtOnceAndTheRestIsWritten()
    {
        using var executor = new FakeExecutor();
        await using var queue = new WriteQueue(executor, new() { WaitingRows = 3, WaitingBytes = 1_000 }, hook: null);
        executor.Hold();
        var first = queue.EnqueueAsync(new Note("first"));
        await executor.EnteredAsync();
        List<Task<string>> waiting = [queue.EnqueueAsync(new Note("a")), queue.EnqueueAsync(new Note("b", Size: 900))];

        var tooManyBytes = await Assert.ThrowsAsync<StoreException>(() => queue.EnqueueAsync(new Note("c", Size: 101)));
        waiting.Add(queue.EnqueueAsync(new Note("d")));
        var tooManyRows = await Assert.ThrowsAsync<StoreException>(() => queue.EnqueueAsync(new Note("e")));
        executor.Release();
        await Task.WhenAll([first, .. waiting]);

        Assert.Equal("The store is busy: 2 rows wait to be written.", tooManyBytes.Message);
        Assert.Equal("The store is busy: 3 rows wait to be written.", tooManyRows.Message);
        await queue.EnqueueAsync(new Note("later"));
    }

    [Fact]
    public async Task Transaction_FailsAsAWhole_FailsItsWritersWithTheCauseAndTheNextGoesOn()
    {
        using var executor = new FakeExecutor { Failing = writes => writes.Contains("bad") ? new StoreException("The disk is full.") : null };
        await using var queue = new WriteQueue(executor, new(), hook: null);

        var (good, bad) = await EnqueueTogetherAsync(queue, executor);

        Assert.Equal("The disk is full.", (await Assert.ThrowsAsync<StoreException>(() => bad)).Message);
        Assert.Equal("The disk is full.", (await Assert.ThrowsAsync<StoreException>(() => good)).Message);
        await queue.EnqueueAsync(new Note("later"));
    }

    [Fact]
    public async Task OneWriteCannotBeCarriedOut_FailsAlone()
    {
        using var executor = new FakeExecutor { Failing = writes => writes.Contains("bad") ? new InvalidOperationException("too odd") : null };
        await using var queue = new WriteQueue(executor, new(), hook: null);

        var (good, bad) = await EnqueueTogetherAsync(queue, executor);

        Assert.Equal("good", await good);
        Assert.Equal("The write could not be executed: too odd", (await Assert.ThrowsAsync<StoreException>(() => bad)).Message);
    }

    [Fact]
    public async Task DisposeAsync_WritesWait_CarriesThemOutAndRefusesFurther()
    {
        using var executor = new FakeExecutor();
        var queue = new WriteQueue(executor, new(), hook: null);
        executor.Hold();
        var first = queue.EnqueueAsync(new Note("first"));
        await executor.EnteredAsync();
        var second = queue.EnqueueAsync(new Note("second"));

        var closing = queue.DisposeAsync();
        var refused = await Assert.ThrowsAsync<StoreException>(() => queue.EnqueueAsync(new Note("late")));
        Assert.False(closing.IsCompleted);
        executor.Release();
        await closing;

        Assert.Equal("The store is closed.", refused.Message);
        Assert.Equal(("first", "second"), (await first, await second));
        Assert.True(executor.Disposed);
    }

    [Fact]
    public async Task Committed_ComesBeforeAnybodyIsTold()
    {
        using var executor = new FakeExecutor();
        await using var queue = new WriteQueue(executor, new(), hook: null);
        var write = new Note("one");
        bool toldBefore = true;
        executor.OnCommitted = () => toldBefore = write.Answered.IsCompleted;

        await queue.EnqueueAsync(write);

        Assert.False(toldBefore);
    }

    private static async Task<(Task<string> Good, Task<string> Bad)> EnqueueTogetherAsync(WriteQueue queue, FakeExecutor executor)
    {
        executor.Hold();
        var first = queue.EnqueueAsync(new Note("first"));
        await executor.EnteredAsync();
        var good = queue.EnqueueAsync(new Note("good"));
        var bad = queue.EnqueueAsync(new Note("bad"));
        executor.Release();
        await first;
        return (good, bad);
    }

    private sealed record Note(string Text, long Size = 0) : QueuedWrite<string>
    {
        public override long Bytes => Size;
    }

    /// <summary>Notes its transactions, and can be held inside one.</summary>
    private sealed class FakeExecutor : IWriteExecutor
    {
        private readonly SemaphoreSlim _entered = new(0);
        private readonly ManualResetEventSlim _open = new(true);

        public List<List<string>> Transactions { get; } = [];

        public Func<IEnumerable<string>, Exception?> Failing { get; init; } = _ => null;

        public Action OnCommitted { get; set; } = () => { };

        public bool Disposed { get; private set; }

        public void Hold() => _open.Reset();

        public void Release() => _open.Set();

        public Task EnteredAsync() => _entered.WaitAsync();

        public void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached)
        {
            _entered.Release();
            _open.Wait();
            var notes = writes.Cast<Note>().ToList();
            if (Failing(notes.Select(note => note.Text)) is { } failure)
            {
                throw failure;
            }

            notes.ForEach(note => note.Succeed(note.Text));
            Transactions.Add([.. notes.Select(note => note.Text)]);
        }

        public void Committed() => OnCommitted();

        public void Dispose() => Disposed = true;
    }
}
