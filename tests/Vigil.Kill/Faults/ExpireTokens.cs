using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>Has a platform refuse every credential for a while, as when a token has expired before it is renewed.</summary>
internal sealed class ExpireTokens : IFault
{
    private const string Id = "expired";

    public string Name => "tokens expired";

    public int Weight => 1;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public async Task InjectAsync(TrialContext context)
    {
        var platform = Platforms.Names[context.Random.Next(Platforms.Names.Count)];
        using var expiry = context.Hurts.Begin(HurtKind.TokensExpired, detail: platform);
        context.Platforms.Faults.Add(new() { Id = Id, Kind = FaultKind.ExpireTokens, Platform = platform });
        await context.DelayAsync(context.Between(1, 6));
        context.Platforms.Faults.Remove(Id);
    }
}
