using Vigil.Storage;
using Vigil.Storage.Writing;

namespace Vigil.Tests.Lifecycle.Simulation.Storage;

/// <summary>Carries one silo's writes out on the shared database: all of a transaction or none, refused by ETag, and now and then without an answer.</summary>
internal sealed class DatabaseWriter(World world, Silo silo) : IWriteExecutor
{
    public void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached)
    {
        if (world.Strikes(0.5))
        {
            world.Trace?.Invoke($"store: a write of {silo.Name} is lost");
            throw new StoreException("The database cannot be reached.");
        }

        reached(WritePoint.BeforeCommit);
        foreach (var write in writes.Cast<WriteState>())
        {
            Execute(write);
        }

        if (world.Strikes(0.5))
        {
            world.Trace?.Invoke($"store: the answer to {silo.Name} is lost");
            throw new StoreException("The connection to the database broke.");
        }
    }

    public void Committed()
    {
    }

    public void Dispose()
    {
    }

    private void Execute(WriteState request)
    {
        var write = (ExecutionWrite)request.Write;
        var stored = world.Database.ETag;
        if (stored != write.ExpectedETag)
        {
            request.Refuse(stored, watcher: null);
            return;
        }

        world.Database.Land(write, silo);
        request.Succeed(world.Database.ETag!);
    }
}
