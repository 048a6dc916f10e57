namespace Vigil.Grains.Lifecycle;

/// <summary>
/// What the platform could find while it did not return a run. Without it, not even a platform's own word proves that the run is gone: a gateway or a
/// lagging replica may say the same of all runs.
/// </summary>
internal enum AbsenceProof
{
    /// <summary>Nothing, or not for long enough: it is an outage until the contrary is shown.</summary>
    None = 0,

    /// <summary>The connection's probe was answered, but it finds nothing that must exist, or other runs are not found either. It must last five times as long.</summary>
    ProbeAnswered = 1,

    /// <summary>The connection's probe found something that must exist, and there is no other run to be found.</summary>
    ProbeFound = 2,

    /// <summary>Another run of the connection was found.</summary>
    RunFound = 3,
}
