namespace Vigil.Benchmarks;

/// <summary>Counts the grain calls that a client sends.</summary>
internal sealed class CountedCalls : IOutgoingGrainCallFilter
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        Interlocked.Increment(ref _count);
        return context.Invoke();
    }
}
