namespace Vigil.Kill;

/// <summary>Puts the store out of order for seconds.</summary>
internal sealed class StopStore : IFault
{
    public string Name => "store down";

    public int Weight => 2;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => context.Store.WhyNoOutage;

    public Task InjectAsync(TrialContext context) => DownAsync(context, context.Between(1, 8));

    public static async Task DownAsync(TrialContext context, TimeSpan length)
    {
        using var outage = context.Hurts.Begin(HurtKind.StoreDown);
        await context.Store.OutageAsync(length);
    }
}
