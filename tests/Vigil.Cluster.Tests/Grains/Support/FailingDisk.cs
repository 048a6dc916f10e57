using Vigil.Storage;
using Vigil.Storage.Writing;

namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>A disk that is full when the test says so.</summary>
internal sealed class FailingDisk : IWriteHook
{
    private int _failures;

    public bool IsFull { get; set; }

    /// <summary>Gets how many transactions have failed.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public void Reached(WritePoint point)
    {
        if (IsFull)
        {
            Interlocked.Increment(ref _failures);
            throw new StoreException("The disk is full.");
        }
    }
}
