namespace Vigil.Kill;

/// <summary>Puts the store out of order for a minute, or for three: a server that is down, or a disk that is full.</summary>
internal sealed class StopStoreLong : IFault
{
    private int _turn;

    public string Name => "store down for minutes";

    public int Weight => 2;

    public bool IsShort => false;

    public string? WhyNot(TrialContext context) => context.Store.WhyNoOutage;

    public Task InjectAsync(TrialContext context) => StopStore.DownAsync(context, TimeSpan.FromMinutes(_turn++ % 2 == 0 ? 1 : 3));
}
