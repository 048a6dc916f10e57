namespace Vigil.Kill;

/// <summary>Sets a silo's clock a little wrong, or right again.</summary>
internal sealed class SetClock : IFault
{
    // The silos of a cluster need clocks that are close together; a single silo can bear more.
    private const int MaxInCluster = 5;
    private const int MaxAlone = 60;

    public string Name => "clock set";

    public int Weight => 2;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public Task InjectAsync(TrialContext context)
    {
        var max = context.IsCluster ? MaxInCluster : MaxAlone;
        return context.DrawSilo().SetClockAsync(context.Random.Next(2) == 0 ? 0 : context.Random.Next(-max, max + 1));
    }
}
