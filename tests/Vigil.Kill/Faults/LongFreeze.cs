namespace Vigil.Kill;

/// <summary>Freezes a silo for two minutes, as a suspended virtual machine: it wakes up and believes that no time has passed.</summary>
internal sealed class LongFreeze : IFault
{
    public string Name => "frozen for 2 minutes";

    public int Weight => 1;

    public bool IsShort => false;

    public string? WhyNot(TrialContext context) => null;

    public Task InjectAsync(TrialContext context) => context.DrawSilo().FreezeAsync(TimeSpan.FromMinutes(2));
}
