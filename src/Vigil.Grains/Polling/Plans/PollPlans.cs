using Vigil.Grains.Polling.Timing;
using Vigil.Platforms;

namespace Vigil.Grains.Polling.Plans;

/// <summary>Chooses the plan that a platform's capabilities allow.</summary>
internal static class PollPlans
{
    public static IPollPlan Of(PlatformCapabilities capabilities, Schedule schedule, RunTiming timing) => new ByIdPlan(schedule, timing, capabilities);
}
