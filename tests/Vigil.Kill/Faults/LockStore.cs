namespace Vigil.Kill;

/// <summary>Has another program lock the store for seconds.</summary>
internal sealed class LockStore : IFault
{
    public string Name => "store locked";

    public int Weight => 2;

    public bool IsShort => true;

    public string? WhyNot(TrialContext context) => null;

    public async Task InjectAsync(TrialContext context)
    {
        using var stumble = context.Hurts.Begin(HurtKind.StoreStumbled, detail: "locked");
        await context.Store.LockAsync(context.Between(1, 8));
    }
}
