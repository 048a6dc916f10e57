using System.Runtime.CompilerServices;

namespace Vigil.Simulator.Manifest;

/// <summary>Pushes the events of runs when they happen: the input, the start and end of steps, and the output.</summary>
internal sealed class RunPushes : IAsyncDisposable
{
    private readonly NatsPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<SimulatedRun, DateTimeOffset> _due = new();
    private readonly ConditionalWeakTable<SimulatedRun, Pushed> _pushed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private CancellationTokenSource _wake = new();

    public RunPushes(NatsPublisher publisher, TimeProvider time)
    {
        _publisher = publisher;
        _time = time;
        _run = Task.Run(RunAsync);
    }

    /// <summary>Pushes events of a run from now on.</summary>
    public void Watch(SimulatedRun run)
    {
        // The platform's workers read the input from there, so it is pushed before everything else.
        Publish($"exec.input.{run.Id}", new
        {
            input_data = JsonElement.Parse(run.Target.Input ?? "{}"),
            session_id = (string?)null,
            messages = Array.Empty<object>(),
            state = (object?)null,
        });
        run.Changed = Enqueue;
        Enqueue(run);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Wake();
        await _run;
        await _publisher.DisposeAsync();
        _wake.Dispose();
        _stop.Dispose();
    }

    private void Enqueue(SimulatedRun run)
    {
        lock (_lock)
        {
            _due.Enqueue(run, DateTimeOffset.MinValue);
        }

        Wake();
    }

    private void Wake()
    {
        lock (_lock)
        {
            _wake.Cancel();
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wake = Rearm();
            var now = _time.GetUtcNow();
            while (Next(now) is { } run)
            {
                Push(run, now);
            }

            var pause = UntilNext(now);
            await Task.Delay(pause, _time, wake).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Armed before the queue is read, so that a change during the read is not missed.
    private CancellationToken Rearm()
    {
        lock (_lock)
        {
            if (_wake.IsCancellationRequested)
            {
                _wake.Dispose();
                _wake = new CancellationTokenSource();
            }

            return _stop.IsCancellationRequested ? new CancellationToken(canceled: true) : _wake.Token;
        }
    }

    private SimulatedRun? Next(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _due.TryPeek(out _, out var at) && at <= now ? _due.Dequeue() : null;
        }
    }

    private TimeSpan UntilNext(DateTimeOffset now)
    {
        lock (_lock)
        {
            return !_due.TryPeek(out _, out var at) ? Timeout.InfiniteTimeSpan
                : at - now < TimeSpan.FromHours(1) ? at - now
                : TimeSpan.FromHours(1);
        }
    }

    private void Push(SimulatedRun run, DateTimeOffset now)
    {
        var state = run.At(now);
        var pushed = _pushed.GetOrCreateValue(run);
        if (pushed.Attempt != run.Attempt)
        {
            pushed.Begin(run.Attempt);
        }

        foreach (var step in state.Steps.Where(step => step.StartedAt is not null && pushed.Began.Add(step.Index)))
        {
            PushEvent(run, "tool_call", new { step = step.Index + 1, name = step.Script.Name });
        }

        foreach (var step in state.Steps.Where(step => step.EndedAt is not null && pushed.Ended.Add(step.Index)))
        {
            PushEvent(run, "message", new { step = step.Index + 1, name = step.Script.Name });
        }

        if (state.HasEnded && !pushed.HasEnded)
        {
            pushed.HasEnded = true;
            var succeeded = state.Phase == RunPhase.Succeeded;
            PushEvent(run, succeeded ? "done" : "error", new { reason = state.Reason });
            Publish($"exec.output.{run.Id}", new
            {
                execution_id = run.Id,
                output = succeeded ? run.Script.Output : null,
                usage = new { total_tokens = run.Script.Tokens },
                messages = Array.Empty<object>(),
                state = (object?)null,
                error = succeeded ? null : state.Reason ?? "stopped",
            });
        }

        if (run.NextChangeAfter(now) is { } next)
        {
            lock (_lock)
            {
                _due.Enqueue(run, next);
            }
        }
    }

    private void PushEvent(SimulatedRun run, string type, object data) =>
        Publish($"exec.events.{run.Id}", new { execution_id = run.Id, event_type = type, event_data = data });

    private void Publish(string subject, object message) => _publisher.Publish(subject, JsonSerializer.SerializeToUtf8Bytes(message, SimulatorJson.Wire));

    private sealed class Pushed
    {
        public int Attempt { get; private set; }

        public HashSet<int> Began { get; } = [];

        public HashSet<int> Ended { get; } = [];

        public bool HasEnded { get; set; }

        public void Begin(int attempt)
        {
            Attempt = attempt;
            Began.Clear();
            Ended.Clear();
            HasEnded = false;
        }
    }
}
