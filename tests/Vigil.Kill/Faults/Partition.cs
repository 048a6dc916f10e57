namespace Vigil.Kill;

/// <summary>Cuts a silo off from the others, while it still reaches the store and the platforms.</summary>
internal sealed class Partition : IFault
{
    public string Name => "cut off from the other silos";

    public int Weight => 2;

    public bool IsShort => false;

    public string? WhyNot(TrialContext context) => context.IsCluster ? NetworkHub.WhyNot : "there is one silo";

    public async Task InjectAsync(TrialContext context)
    {
        var silo = context.DrawSilo();
        using var partition = context.Hurts.Begin(HurtKind.Partitioned, silo.Number);
        silo.Network!.Cut();
        await context.DelayAsync(context.Between(5, 60));
        silo.Network!.Join();
    }
}
