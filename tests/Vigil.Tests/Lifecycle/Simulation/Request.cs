using Vigil.Grains.Executions;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What callers ask of the execution; the answer is the execution as it is told to them, where it is told.</summary>
internal abstract record Request
{
    private Request()
    {
    }

    public abstract Task<Execution?> AskAsync(ExecutionGrain grain);

    public sealed record Start(StartExecution Execution, string Hash) : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain) => (await grain.StartAsync(Execution)).Execution;
    }

    public sealed record Adopt(AdoptExecution Execution, Observation FirstLook) : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain) => (await grain.AdoptAsync(Execution, FirstLook)).Execution;
    }

    public sealed record Cancel : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain) => await grain.CancelAsync("enough");
    }

    public sealed record Abandon : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain) => await grain.AbandonAsync("enough");
    }

    public sealed record Retry : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain) => await grain.RetryAsync();
    }

    public sealed record Nudge : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain)
        {
            await grain.NudgeAsync();
            return null;
        }
    }

    public sealed record Get : Request
    {
        public override async Task<Execution?> AskAsync(ExecutionGrain grain) => await grain.GetAsync();
    }
}
