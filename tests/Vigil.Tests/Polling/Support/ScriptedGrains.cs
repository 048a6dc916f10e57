using Vigil.Grains;
using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling;
using Vigil.Platforms;

namespace Vigil.Tests.Polling.Support;

/// <summary>The grains that the poller calls: they remember every call, and fail where the test says so.</summary>
internal sealed class ScriptedGrains(TimeProvider time) : IPollerGrains
{
    private readonly Dictionary<string, ScriptedExecution> _executions = [];

    public ScriptedConnectionGrain ConnectionGrain { get; } = new();

    /// <summary>Gets or sets what happens when a call arrives; what it throws is the answer.</summary>
    public Action<string, string>? Arrives { get; set; }

    /// <summary>Gets or sets what is granted when a start is claimed.</summary>
    public Func<string, SendPermit?>? Grants { get; set; }

    public List<(string Execution, LifecycleInput.Polled Report, TimeSpan At)> Observed { get; } = [];

    public List<(string Execution, LifecycleInput.Report Report, TimeSpan At)> Submitted { get; } = [];

    public List<(string Execution, string Silo)> Claims { get; } = [];

    public List<(string Execution, int Attempt, PlatformError? Error)> CancelAnswers { get; } = [];

    public List<(string Execution, string Reason)> FailedDetails { get; } = [];

    /// <summary>Gets or sets what the execution does when it takes how its start went.</summary>
    public Action<string, LifecycleInput.Report>? TakesSubmitted { get; set; }

    /// <summary>Gets or sets what the execution does when it takes an observation.</summary>
    public Action<string, LifecycleInput.Polled>? TakesObserved { get; set; }

    /// <summary>Gets or sets how long a call takes.</summary>
    public TimeSpan Latency { get; set; }

    public IWatchedExecution Execution(string executionId)
    {
        if (!_executions.TryGetValue(executionId, out var execution))
        {
            _executions.Add(executionId, execution = new(this, executionId));
        }

        return execution;
    }

    public IConnectionGrain Connection(string name) => ConnectionGrain;

    private async Task ArriveAsync(string execution, string call)
    {
        if (Latency > TimeSpan.Zero)
        {
            await Task.Delay(Latency, time);
        }

        Arrives?.Invoke(execution, call);
    }

    private TimeSpan Now => time.GetUtcNow() - ManualTimeProvider.Start;

    private sealed class ScriptedExecution(ScriptedGrains grains, string id) : IWatchedExecution
    {
        public async Task<SendPermit?> ClaimAsync(string silo)
        {
            grains.Claims.Add((id, silo));
            await grains.ArriveAsync(id, "claim");
            return grains.Grants?.Invoke(id);
        }

        public async Task ApplyAsync(LifecycleInput.Report report)
        {
            await grains.ArriveAsync(id, CallOf(report));
            switch (report)
            {
                case LifecycleInput.Polled polled:
                    grains.Observed.Add((id, polled, grains.Now));
                    grains.TakesObserved?.Invoke(id, polled);
                    break;
                case LifecycleInput.CancelAnswered answered:
                    grains.CancelAnswers.Add((id, answered.Attempt, answered.Error));
                    break;
                case LifecycleInput.WorkFailed failed:
                    grains.FailedDetails.Add((id, failed.Reason));
                    break;
                default:
                    grains.Submitted.Add((id, report, grains.Now));
                    grains.TakesSubmitted?.Invoke(id, report);
                    break;
            }
        }

        public Task WakeAsync() => throw new NotSupportedException();

        private static string CallOf(LifecycleInput.Report report) => report switch
        {
            LifecycleInput.Polled => "observe",
            LifecycleInput.CancelAnswered => "cancel",
            LifecycleInput.WorkFailed => "detail",
            _ => "submitted",
        };
    }
}

/// <summary>The connection's grain.</summary>
internal sealed class ScriptedConnectionGrain : IConnectionGrain
{
    public ConnectionHealth Health { get; set; } = new(Suspended: false);

    public List<string> Calls { get; } = [];

    /// <summary>Gets or sets a value indicating whether it cannot be reached.</summary>
    public bool Unreachable { get; set; }

    public Task<ConnectionHealth> GetAsync() => Answer();

    public Task<ConnectionHealth> SuspendAsync(string reason)
    {
        var answer = Answer();
        if (!Unreachable)
        {
            Calls.Add($"suspend {reason}");
            Health = Health.Suspended ? Health : new(true, reason);
            return Task.FromResult(Health);
        }

        return answer;
    }

    public Task<ConnectionHealth> ResumeAsync()
    {
        Calls.Add("resume");
        Health = new(Suspended: false);
        return Answer();
    }

    public Task ReportAdoptionAsync(AdoptCounts counts) => throw new NotSupportedException();

    private Task<ConnectionHealth> Answer() =>
        Unreachable ? Task.FromException<ConnectionHealth>(new TimeoutException("As the test says.")) : Task.FromResult(Health);
}
