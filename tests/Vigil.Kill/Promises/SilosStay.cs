namespace Vigil.Kill;

/// <summary>A silo does not exit by itself, and one that is told to stop exits with 0.</summary>
internal sealed class SilosStay : IPromise
{
    public string Name => "silos stay";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from output in record.Outputs
        where output.UnexpectedExits > 0
        select new Breach(Name, null, $"silo {output.Silo} exited {output.UnexpectedExits} times by itself, or not with 0 when it was told to stop");
}
