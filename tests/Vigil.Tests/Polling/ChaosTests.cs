using Vigil.Grains.Lifecycle;
using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>
/// Ten simulated minutes in which the platform and the grains fail at random, and then some in which they do not. Whatever happened, every end is
/// told, every start is sent once, nobody is asked twice at a time, and nothing is left over. The seed is in the test's name.
/// </summary>
public sealed class ChaosTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 40, 0)]
    [InlineData(4, 40, 0)]
    [InlineData(5, 1, 50)]
    [InlineData(6, 1, 50)]
    public void Poller_KeepsItsPromises(int seed, int runsPerPoll, int page)
    {
        using var chaos = new Chaos(new Random(seed), runsPerPoll, page);

        chaos.Live(TimeSpan.FromMinutes(10));
        chaos.Settle(TimeSpan.FromMinutes(8));

        chaos.Check();
    }

    private sealed class Chaos : IDisposable
    {
        private readonly Random _random;
        private readonly PollerWorld _world = new();
        private readonly Dictionary<string, int> _sent = [];
        private readonly HashSet<string> _confirmed = [];
        private readonly HashSet<string> _ended = [];
        private readonly HashSet<string> _told = [];
        private bool _failing = true;
        private int _next;

        public Chaos(Random random, int runsPerPoll, int page)
        {
            _random = random;
            _world.Options = _world.Options with { MaxRunning = 60, StartsPerMinute = 120, PollsPerMinute = 3000 };
            _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxRunsPerPoll = runsPerPoll, MaxActivePage = page };
            _world.Platform.Arrives = Arrive;
            _world.Platform.Starts = Start;
            _world.Platform.Pages = cursor => List(cursor, page);
            _world.Grains.Grants = id => _sent.ContainsKey(id) ? null : _world.Permit(id);
            _world.Grains.Arrives = (_, _) => FailAtRandom(0.1);
            _world.Grains.TakesSubmitted = Submitted;
            _world.Grains.TakesObserved = Observed;
        }

        public void Live(TimeSpan duration)
        {
            var end = _world.Now + duration;
            while (_world.Now < end)
            {
                Act();
                _world.Advance(_random.NextDouble());
            }
        }

        public void Settle(TimeSpan duration)
        {
            _failing = false;
            _world.Platform.Latency = _world.Grains.Latency = TimeSpan.Zero;

            // Those that still wait for a slot start as others end.
            var end = _world.Now + duration;
            while (_world.Now < end)
            {
                foreach (var run in _world.Platform.Runs.Keys.ToList())
                {
                    End(run);
                }

                _world.Advance(1);
            }
        }

        public void Check()
        {
            Assert.InRange(_confirmed.Count, 100, 2000);
            Assert.Equal(_next, _sent.Count);
            Assert.All(_sent.Values, times => Assert.Equal(1, times));
            Assert.Equal(_confirmed.Order(), _told.Order());
            Assert.Equal(_confirmed.Count, _ended.Count);
            Assert.DoesNotContain(_world.Log.Entries, entry => entry.Id.Id is 5002 or 5003);
            Assert.All(Enumerable.Range(0, _next), i => Assert.False(_world.Poller.Knows(PollerWorld.Name, $"e{i}")));
            Assert.Equal(0, _world.Poller.ReportOf(PollerWorld.Name).Watched);
            Assert.Null(_world.Poller.ReportOf(PollerWorld.Name).Suspended);
        }

        public void Dispose() => _world.Dispose();

        private void Act()
        {
            if (_random.Next(2) == 0)
            {
                _world.Poller.QueueSubmission(PollerWorld.Name, $"e{_next++}", null);
            }

            if (_world.Platform.Runs.Count > 0)
            {
                var run = _world.Platform.Runs.Keys.ElementAt(_random.Next(_world.Platform.Runs.Count));
                switch (_random.Next(6))
                {
                    case 0 or 1:
                        End(run);
                        break;
                    case 2:
                        _world.Poller.Nudge(PollerWorld.Name, run["run-of-".Length..]);
                        break;
                    case 3 when !_ended.Contains(run["run-of-".Length..]):
                        _world.Platform.See(run, ScriptedConnection.Running($"{_random.Next()}"));
                        break;
                }
            }

            _world.Platform.Latency = _random.Next(10) == 0 ? TimeSpan.FromSeconds(_random.NextDouble() * 6) : TimeSpan.FromMilliseconds(_random.Next(200));
            _world.Grains.Latency = TimeSpan.FromMilliseconds(_random.Next(500));
        }

        private void End(string run)
        {
            if (_ended.Add(run["run-of-".Length..]))
            {
                _world.Platform.See(run, ScriptedConnection.Ended());
            }
        }

        private void Arrive(Asked asked)
        {
            if (asked.Operation == "start")
            {
                // Failing starts are the grain's to judge, and there is no grain here.
                return;
            }

            if (_failing && asked.Ids.Length > 1 && _random.Next(10) == 0)
            {
                throw ScriptedConnection.Error(PlatformErrorKind.BatchRefused);
            }

            // Refusals for the rate are rare: they do not depend on it here, so many would let it fall for good.
            switch (_failing ? _random.Next(400) : 400)
            {
                case < 10:
                    throw ScriptedConnection.Error(PlatformErrorKind.Transient, 503, TimeSpan.FromSeconds(_random.Next(5)));
                case < 20:
                    throw ScriptedConnection.Error(PlatformErrorKind.Transient, 500);
                case < 30:
                    throw ScriptedConnection.Error(PlatformErrorKind.Credential, 401);
                case 30:
                    throw ScriptedConnection.Error(PlatformErrorKind.Transient, 429);
            }
        }

        private Submitted Start(RunRequest request)
        {
            _sent[request.ExecutionId] = _sent.GetValueOrDefault(request.ExecutionId) + 1;
            _world.Platform.See($"run-of-{request.ExecutionId}", ScriptedConnection.Running());
            return new($"run-of-{request.ExecutionId}");
        }

        private void Submitted(string id, LifecycleInput.Report report)
        {
            if (report.Started is not null && _confirmed.Add(id))
            {
                _world.Poller.Watch(PollerWorld.Run(id));
            }
        }

        private void Observed(string id, LifecycleInput.Polled report)
        {
            if (report.Seen?.Status.IsTerminal() == true)
            {
                _told.Add(id);
                _world.Poller.Forget(PollerWorld.Name, id);
            }
        }

        private void FailAtRandom(double share)
        {
            if (_failing && _random.NextDouble() < share)
            {
                throw new TimeoutException("As the test says.");
            }
        }

        private ActivePage List(string? cursor, int page)
        {
            var from = int.Parse(cursor ?? "0", CultureInfo.InvariantCulture);
            var active = _world.Platform.Runs.Where(run => run.Value is PollAnswer.Seen seen && !seen.Snapshot.Status.IsTerminal()).ToList();
            var runs = active.Skip(from).Take(page)
                .Select(run => KeyValuePair.Create(run.Key, ((PollAnswer.Seen)run.Value).Snapshot with { Partial = true })).ToImmutableArray();
            return new(runs, from + page < active.Count ? (from + page).ToString(CultureInfo.InvariantCulture) : null);
        }
    }
}
