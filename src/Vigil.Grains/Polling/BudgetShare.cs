namespace Vigil.Grains.Polling;

/// <summary>The number of silos among which a connection's budget is divided evenly.</summary>
internal sealed class BudgetShare
{
    private volatile int _silos = 1;

    /// <summary>Gets or sets the number of active silos; at least 1.</summary>
    public int Silos
    {
        get => _silos;
        set => _silos = Math.Max(1, value);
    }

    /// <summary>Returns this silo's share of a number of slots; at least 1, since with none its work would wait forever.</summary>
    public int Of(int whole) => Math.Max(1, whole / _silos);
}
