using Vigil.Grains.Executions;

namespace Vigil.Tests.Lifecycle.Simulation.Hosting;

/// <summary>A call on its way to the execution's grain.</summary>
/// <param name="RunAsync">Its turn; what it comes to is told to the caller and never thrown.</param>
/// <param name="Fail">Tells the caller that it came to nothing.</param>
/// <param name="Interleaves">Whether it runs beside a turn.</param>
internal sealed record GrainCall(Func<ExecutionGrain, Task> RunAsync, Action<Exception> Fail, bool Interleaves = false);
