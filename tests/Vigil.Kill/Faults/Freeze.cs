namespace Vigil.Kill;

/// <summary>Freezes a silo for seconds.</summary>
internal sealed class Freeze : IFault
{
    public string Name => "frozen";

    public int Weight => 3;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public Task InjectAsync(TrialContext context) => context.DrawSilo().FreezeAsync(context.Between(0.1, 7));
}
