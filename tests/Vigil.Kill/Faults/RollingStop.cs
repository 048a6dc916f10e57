namespace Vigil.Kill;

/// <summary>Stops every silo and starts it again, one after the other, as a new version is rolled out.</summary>
internal sealed class RollingStop : IFault
{
    public string Name => "all told to stop, one by one";

    public int Weight => 1;

    public bool IsShort => false;

    public string? WhyNot(TrialContext context) => null;

    public async Task InjectAsync(TrialContext context)
    {
        foreach (var silo in context.Silos)
        {
            await silo.StopAndStartAsync();
        }
    }
}
