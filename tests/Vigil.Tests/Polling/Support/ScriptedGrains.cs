using Vigil.Grains;
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

    public List<(string Execution, PollReport Report, TimeSpan At)> Observed { get; } = [];

    public List<(string Execution, SubmitReport Report, TimeSpan At)> Submitted { get; } = [];

    public List<(string Execution, string Silo)> Claims { get; } = [];

    public List<(string Execution, int Attempt, PlatformError? Error)> CancelAnswers { get; } = [];

    public List<(string Execution, PlatformError Error)> FailedDetails { get; } = [];

    /// <summary>Gets or sets what the execution does when it takes how its start went.</summary>
    public Action<string, SubmitReport>? TakesSubmitted { get; set; }

    /// <summary>Gets or sets what the execution does when it takes an observation.</summary>
    public Action<string, PollReport>? TakesObserved { get; set; }

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

        public async Task SubmittedAsync(SubmitReport report)
        {
            await grains.ArriveAsync(id, "submitted");
            grains.Submitted.Add((id, report, grains.Now));
            grains.TakesSubmitted?.Invoke(id, report);
        }

        public async Task ObserveAsync(PollReport report)
        {
            await grains.ArriveAsync(id, "observe");
            grains.Observed.Add((id, report, grains.Now));
            grains.TakesObserved?.Invoke(id, report);
        }

        public async Task CancelAnsweredAsync(int attempt, PlatformError? error)
        {
            await grains.ArriveAsync(id, "cancel");
            grains.CancelAnswers.Add((id, attempt, error));
        }

        public async Task DetailFailedAsync(PlatformError error)
        {
            await grains.ArriveAsync(id, "detail");
            grains.FailedDetails.Add((id, error));
        }

        public Task StepsAcknowledgedAsync(ImmutableDictionary<string, long> versions) => throw new NotSupportedException();

        public Task ReminderChangedAsync(bool registered) => throw new NotSupportedException();

        public Task WakeAsync() => throw new NotSupportedException();
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

    private Task<ConnectionHealth> Answer() =>
        Unreachable ? Task.FromException<ConnectionHealth>(new TimeoutException("As the test says.")) : Task.FromResult(Health);
}
