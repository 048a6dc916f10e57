namespace Vigil.Kill;

/// <summary>Has a silo die in the middle of a transaction.</summary>
internal sealed class KillAtWrite : IFault
{
    public string Name => "killed at a write";

    public int Weight => 4;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public Task InjectAsync(TrialContext context) => context.DrawSilo().DieAtWriteAsync(context.Random.Next(1, 40), TimeSpan.FromSeconds(10));
}
