namespace Vigil.Kill;

/// <summary>Tells a silo to stop, as a service manager does, and starts it again. That must lose nothing.</summary>
internal sealed class Terminate : IFault
{
    public string Name => "told to stop";

    public int Weight => 3;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public Task InjectAsync(TrialContext context) => context.DrawSilo().StopAndStartAsync();
}
