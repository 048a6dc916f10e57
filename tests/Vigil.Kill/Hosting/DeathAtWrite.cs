using System.Diagnostics;
using Vigil.Storage.Writing;

namespace Vigil.Kill;

/// <summary>Kills this process, as from outside, when the store's write queue reaches a point of a transaction.</summary>
internal sealed class DeathAtWrite : IWriteHook
{
    private int _left;

    public void Arm(int points) => Volatile.Write(ref _left, points);

    public void Reached(WritePoint point)
    {
        if (Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0)
        {
            Process.GetCurrentProcess().Kill();
        }
    }
}
