namespace Vigil.Kill;

/// <summary>Has a silo's clock jump by hours and, after a while, back.</summary>
internal sealed class JumpClock : IFault
{
    private const int MaxHours = 6;

    public string Name => "clock jumped by hours";

    public int Weight => 1;

    public bool IsShort => false;

    public string? WhyNot(TrialContext context) => null;

    public async Task InjectAsync(TrialContext context)
    {
        var silo = context.DrawSilo();
        await silo.SetClockAsync(TimeSpan.FromHours(context.Random.Next(1, MaxHours)).TotalSeconds * (context.Random.Next(2) == 0 ? 1 : -1));
        await context.DelayAsync(context.Between(5, 40));
        await silo.SetClockAsync(0);
    }
}
