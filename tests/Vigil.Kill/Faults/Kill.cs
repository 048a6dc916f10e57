namespace Vigil.Kill;

/// <summary>Kills a silo, or sometimes all at once, as in a power failure, and starts them again.</summary>
internal sealed class Kill : IFault
{
    public string Name => "killed";

    public int Weight => 4;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public async Task InjectAsync(TrialContext context)
    {
        var victims = context.Random.Next(5) == 0 ? context.Silos : [context.DrawSilo()];
        await Task.WhenAll(victims.Select(silo => silo.KillAsync()));
        await context.DelayAsync(context.Between(0.01, 1.5));
        foreach (var silo in victims)
        {
            silo.Start();
        }
    }
}
