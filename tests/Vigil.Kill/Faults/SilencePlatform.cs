using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>Has a platform take starts and answer none, as behind a broken proxy.</summary>
internal sealed class SilencePlatform : IFault
{
    private static readonly string[] Victims = ["agentic", "gloriamundo", "moderately"];

    public string Name => "platform silent";

    public int Weight => 1;

    public bool IsShort => false;

    public string? WhyNot(TrialContext context) => null;

    public async Task InjectAsync(TrialContext context)
    {
        var platform = Victims[context.Random.Next(Victims.Length)];
        var id = $"{PlatformFaults.Silence}{platform}";
        using var silence = context.Hurts.Begin(HurtKind.PlatformSilent, detail: platform);
        context.Platforms.Faults.Add(new() { Id = id, Kind = FaultKind.Delay, DelaySeconds = 3600, Operation = "start", Platform = platform });
        await context.DelayAsync(context.Limits.RequestTimeout * 6);
        context.Platforms.Faults.Remove(id);
    }
}
