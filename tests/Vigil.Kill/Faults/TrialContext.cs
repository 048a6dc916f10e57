namespace Vigil.Kill;

/// <summary>What faults can hurt.</summary>
internal sealed record TrialContext(
    IReadOnlyList<SiloProcess> Silos, ITrialStore Store, Platforms Platforms, HurtLog Hurts, TrialLimits Limits, Random Random, TimeProvider Time)
{
    public bool IsCluster => Silos.Count > 1;

    public SiloProcess DrawSilo() => Silos[Random.Next(Silos.Count)];

    public TimeSpan Between(double minSeconds, double maxSeconds) => TimeSpan.FromSeconds(minSeconds + (Random.NextDouble() * (maxSeconds - minSeconds)));

    public Task DelayAsync(TimeSpan length) => Task.Delay(length, Time);
}
