namespace Vigil.Kill;

/// <summary>Cuts every connection to the store's server.</summary>
internal sealed class CutStore : IFault
{
    public string Name => "store connections cut";

    public int Weight => 2;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => context.Store.WhyNoCut;

    public async Task InjectAsync(TrialContext context)
    {
        using var stumble = context.Hurts.Begin(HurtKind.StoreStumbled, detail: "connections cut");
        await context.Store.CutAsync();
    }
}
