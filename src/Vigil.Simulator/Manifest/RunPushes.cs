using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Vigil.Simulator.Manifest;

/// <summary>Pushes the input of runs, the start and end of their steps, and their output, as they happen.</summary>
internal sealed class RunPushes : IAsyncDisposable
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    private readonly NatsPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly Channel<SimulatedRun> _changed = Channel.CreateUnbounded<SimulatedRun>();
    private readonly ConditionalWeakTable<SimulatedRun, Pushed> _pushed = [];
    private readonly Task _run;
    private Task<bool>? _waiting;

    public RunPushes(NatsPublisher publisher, TimeProvider time)
    {
        _publisher = publisher;
        _time = time;
        _run = Task.Run(RunAsync);
    }

    public void Watch(SimulatedRun run)
    {
        // On the platform, workers read the input from this subject, so it comes first.
        Publish($"exec.input.{run.Id}", new
        {
            input_data = JsonElement.Parse(run.Target.Input ?? "{}"),
            session_id = (string?)null,
            messages = Array.Empty<object>(),
            state = (object?)null,
        });
        run.Changed += changed => _changed.Writer.TryWrite(changed);
        _changed.Writer.TryWrite(run);
    }

    public async ValueTask DisposeAsync()
    {
        _changed.Writer.Complete();
        await _run;
        await _publisher.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var due = new PriorityQueue<SimulatedRun, DateTimeOffset>();
        for (var delay = Timeout.InfiniteTimeSpan; await WaitAsync(delay);)
        {
            var now = _time.GetUtcNow();
            while (_changed.Reader.TryRead(out var changed))
            {
                due.Enqueue(changed, DateTimeOffset.MinValue);
            }

            delay = Timeout.InfiniteTimeSpan;
            while (due.TryPeek(out var run, out var at))
            {
                if (at > now)
                {
                    delay = at - now < MaxDelay ? at - now : MaxDelay;
                    break;
                }

                due.Dequeue();
                Push(run, now);
                if (run.NextChangeAfter(now) is { } next)
                {
                    due.Enqueue(run, next);
                }
            }
        }
    }

    /// <summary>Waits until a run has changed or the delay has passed; returns false after disposal.</summary>
    private async Task<bool> WaitAsync(TimeSpan delay)
    {
        _waiting = _waiting is { IsCompleted: false } ? _waiting : _changed.Reader.WaitToReadAsync().AsTask();
        await ((Task)_waiting).WaitAsync(delay, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_waiting.IsCompleted || await _waiting;
    }

    private void Push(SimulatedRun run, DateTimeOffset now)
    {
        var state = run.At(now);
        if (!_pushed.TryGetValue(run, out var pushed) || pushed.Attempt != run.Attempt)
        {
            _pushed.AddOrUpdate(run, pushed = new Pushed(run.Attempt));
        }

        foreach (var step in state.Steps.Where(step => step.StartedAt is not null && pushed.Events.Add(("tool_call", step.Index))))
        {
            PushEvent(run, "tool_call", new { step = step.Index + 1, name = step.Script.Name });
        }

        foreach (var step in state.Steps.Where(step => step.EndedAt is not null && pushed.Events.Add(("message", step.Index))))
        {
            PushEvent(run, "message", new { step = step.Index + 1, name = step.Script.Name });
        }

        if (state.HasEnded && pushed.Events.Add(("end", 0)))
        {
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
    }

    private void PushEvent(SimulatedRun run, string type, object data) =>
        Publish($"exec.events.{run.Id}", new { execution_id = run.Id, event_type = type, event_data = data });

    private void Publish(string subject, object message) => _publisher.Publish(subject, JsonSerializer.SerializeToUtf8Bytes(message, SimulatorJson.Wire));

    private sealed record Pushed(int Attempt)
    {
        public HashSet<(string Type, int Step)> Events { get; } = [];
    }
}
