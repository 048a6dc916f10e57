namespace Vigil.Grains.Polling;

/// <summary>How many silos share what a connection may do, each an even part of it.</summary>
internal sealed class BudgetShare
{
    private volatile int _silos = 1;

    /// <summary>Gets or sets the number of active silos; at least 1.</summary>
    public int Silos
    {
        get => _silos;
        set => _silos = Math.Max(1, value);
    }

    /// <summary>Returns this silo's part of a number of things that cannot be divided further; at least 1, or what waits here would wait for ever.</summary>
    public int Of(int whole) => Math.Max(1, whole / _silos);
}
