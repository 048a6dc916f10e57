using NATS.NKeys;
using Vigil.Platforms;
using Vigil.Platforms.Manifest.Nats;
using Vigil.Testing;

namespace Vigil.Tests.Platforms.Manifest.Nats;

/// <summary>Servers that refuse a connection or a subscription: the rest goes on, and the log says it once.</summary>
public sealed class NatsRefusalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly AwaitedLog _log = new();
    private readonly ManualTimeProvider _time = new();
    private readonly string _credentialFile = Path.GetTempFileName();

    public void Dispose() => File.Delete(_credentialFile);

    [NatsFact]
    public async Task WrongCredential_IsLoggedOnce_AndAReplacedFileIsTaken()
    {
        await using var server = await NatsServer.StartAsync("--user", "vigil", "--pass", "the-right-one");
        await File.WriteAllTextAsync(_credentialFile, "vigil:the-wrong-one");
        await using var subscriber = Subscriber(server);
        await using var listener = Listener.Start(subscriber, "exec.events.1");
        await LoggedAsync("Authorization Violation");

        await File.WriteAllTextAsync(_credentialFile, "vigil:the-right-one");
        await LoggedAsync("Connected to NATS");
        await NatsSubscriberTests.PublishUntilHeardAsync(server, listener, "exec.events.1", """{"user":"vigil","pass":"the-right-one"}""");
        Assert.False(_log.HasUnread);
        Assert.DoesNotContain(_log.All, line => line.Contains("the-wrong-one", StringComparison.Ordinal) || line.Contains("the-right-one", StringComparison.Ordinal));
    }

    [NatsFact]
    public async Task Token_IsAccepted()
    {
        await using var server = await NatsServer.StartAsync("--auth", "the-token");
        await File.WriteAllTextAsync(_credentialFile, "the-token");
        await using var subscriber = Subscriber(server);
        await using var listener = Listener.Start(subscriber, "exec.events.1");

        await NatsSubscriberTests.PublishUntilHeardAsync(server, listener, "exec.events.1", """{"auth_token":"the-token"}""");
    }

    [NatsFact]
    public async Task NkeySeed_IsAccepted()
    {
        using var key = KeyPair.CreatePair(PrefixByte.User);
        await using var server = await NatsServer.StartConfiguredAsync(
            $$"""authorization { users: [ { nkey: {{key.GetPublicKey()}} }, { user: publisher, password: secret } ] }""");
        await File.WriteAllTextAsync(_credentialFile, key.GetSeed());
        await using var subscriber = Subscriber(server);
        await using var listener = Listener.Start(subscriber, "exec.events.1");

        await NatsSubscriberTests.PublishUntilHeardAsync(server, listener, "exec.events.1", """{"user":"publisher","pass":"secret"}""");
    }

    [NatsFact]
    public async Task ForbiddenSubjects_AreLoggedOnce_AndTheOthersAreHeard()
    {
        await using var server = await ForbiddingOutputAsync();
        await File.WriteAllTextAsync(_credentialFile, "vigil:secret");
        await using var subscriber = Subscriber(server);
        await using var one = Listener.Start(subscriber, "exec.events.1", "exec.output.1");
        await using (Listener.Start(subscriber, "exec.events.2", "exec.output.2"))
        {
            await LoggedAsync("Connected to NATS");
            await LoggedAsync("rejected subscriptions");
            await NatsSubscriberTests.PublishUntilHeardAsync(server, one, "exec.events.1", """{"user":"vigil","pass":"secret"}""");
            await server.PublishAsync("exec.output.1", "{}", """{"user":"vigil","pass":"secret"}""");
            await server.PublishAsync("exec.events.1", "{}", """{"user":"vigil","pass":"secret"}""");
            Assert.Equal("exec.events.1", await one.NextAsync());
            await StatusAsync(subscriber, status => status is { State: "partial", Subscribed: 2, Refused: 2 } && status.LastError!.StartsWith("Permissions Violation", StringComparison.Ordinal));
        }

        Assert.False(_log.HasUnread);
    }

    [NatsFact]
    public async Task ForbiddenWildcard_IsLoggedOnce_AndTheOtherIsHeard()
    {
        await using var server = await ForbiddingOutputAsync();
        await File.WriteAllTextAsync(_credentialFile, "vigil:secret");
        await using var subscriber = Subscriber(server, wildcard: true);
        await using (var listener = Listener.Start(subscriber, "exec.events.1", "exec.output.1"))
        {
            await NatsSubscriberTests.PublishUntilHeardAsync(server, listener, "exec.events.1", """{"user":"vigil","pass":"secret"}""");
            await LoggedAsync("Connected to NATS");
            await LoggedAsync("rejected subscriptions");
        }

        await LoggedAsync("accepts all subscriptions again");
        Assert.False(_log.HasUnread);
    }

    [NatsFact]
    public async Task SubscriptionLimit_IsLoggedOnce_AndRunsTakeThePlacesOfThoseThatEnd()
    {
        await using var server = await NatsServer.StartConfiguredAsync("max_subscriptions: 20");
        await using var subscriber = Subscriber(server);
        var runs = Enumerable.Range(1, 40).ToDictionary(
            id => $"exec.events.{id}", id => Listener.Start(subscriber, $"exec.events.{id}"));
        await LoggedAsync("Connected to NATS");
        await LoggedAsync("rejected subscriptions");

        await StatusAsync(subscriber, status => status is { State: "partial", Subscribed: 20, Refused: 20 });

        while (runs.Count > 0)
        {
            var heard = await HearAsync(server, runs, expected: 20);
            Assert.Equal(20, heard.Count);
            foreach (var subject in heard)
            {
                await runs[subject].DisposeAsync();
                runs.Remove(subject);
            }
        }

        await LoggedAsync("accepts all subscriptions again");
        await StatusAsync(subscriber, status => status is { State: "live", Subscribed: 0, Refused: 0 });
        Assert.False(_log.HasUnread);
    }

    [NatsFact]
    public async Task SubscriptionLimit_ForDays_IsTriedMoreAndMoreRarely_WithoutALineOrAGap()
    {
        await using var server = await NatsServer.StartConfiguredAsync("max_subscriptions: 20");
        await using var subscriber = Subscriber(server);
        await using var first = Listener.Start(subscriber, [.. Enumerable.Range(1, 40).Select(id => $"exec.events.{id}")]);
        await LoggedAsync("Connected to NATS");
        await LoggedAsync("rejected subscriptions");
        await StatusAsync(subscriber, status => status is { State: "partial", Subscribed: 20, Refused: 20 });
        var since = subscriber.Status.Since;

        for (var i = 0; i < 10; i++)
        {
            // Each time one more subscription is tried and refused.
            _time.Advance(TimeSpan.FromMinutes(30));
            await NatsSubscriberTests.PublishUntilHeardAsync(server, first, "exec.events.1");
        }

        await StatusAsync(subscriber, status => status is { State: "partial", Subscribed: 20, Refused: 20 });
        Assert.Equal(since, subscriber.Status.Since);
        Assert.False(first.HasHeard);
        Assert.False(_log.HasUnread);
    }

    [NatsFact]
    public async Task Server_LostAndBack_IsDownAndLiveAgain()
    {
        await using var server = await NatsServer.StartAsync();
        await using var subscriber = Subscriber(server);
        Assert.Equal(PushStatus.Off, subscriber.Status);
        await using var listener = Listener.Start(subscriber, "exec.events.1", "exec.output.1");
        await LoggedAsync("Connected to NATS");
        await StatusAsync(subscriber, status => status is { State: "live", Subscribed: 2, Refused: 0, LastError: null });

        await server.KillAsync();
        await LoggedAsync("the connection was lost");
        await StatusAsync(subscriber, status => status is { State: "down", Subscribed: 0, LastError: "the connection was lost" });

        await server.StartAgainAsync();
        await LoggedAsync("Connected to NATS");
        await StatusAsync(subscriber, status => status is { State: "live", Subscribed: 2 });
    }

    [NatsFact]
    public async Task SubscriptionLimit_AfterARestart_TheRefusedRunIsHintedAtTheGapAlone()
    {
        await using var server = await NatsServer.StartConfiguredAsync("max_subscriptions: 1");
        await using var subscriber = Subscriber(server);
        await using var one = Listener.Start(subscriber, "exec.events.1");
        await NatsSubscriberTests.PublishUntilHeardAsync(server, one, "exec.events.1");
        await using var refused = Listener.Start(subscriber, "exec.events.2");
        await LoggedAsync("Connected to NATS");
        await LoggedAsync("rejected subscriptions");

        await server.KillAsync();
        await server.StartAgainAsync();
        await LoggedAsync("the connection was lost");
        await LoggedAsync("Connected to NATS");
        await LoggedAsync("rejected subscriptions");

        Assert.Equal(NatsSubscriber.Reconnected, await refused.NextAsync());
        await server.PublishAsync("exec.events.2", "{}");
        await NatsSubscriberTests.PublishUntilHeardAsync(server, one, "exec.events.1");
        Assert.False(refused.HasHeard);
        Assert.False(_log.HasUnread);
    }

    /// <summary>Waits until the status is as expected; the subscriber works on its own.</summary>
    private static async Task StatusAsync(NatsSubscriber subscriber, Func<PushStatus, bool> isExpected)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isExpected(subscriber.Status))
        {
            Assert.False(patience.IsCancellationRequested, $"The status is {subscriber.Status}.");
            await Task.Yield();
        }
    }

    private static Task<NatsServer> ForbiddingOutputAsync() => NatsServer.StartConfiguredAsync(
        """authorization { users: [ { user: vigil, password: secret, permissions: { subscribe: "exec.events.>" } } ] }""");

    /// <summary>Publishes to every run until as many have heard it as are expected to, and once more to all.</summary>
    private static async Task<List<string>> HearAsync(NatsServer server, Dictionary<string, Listener> runs, int expected)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var enough = false; ; enough = runs.Values.Count(run => run.HasHeard) >= expected)
        {
            foreach (var subject in runs.Keys)
            {
                await server.PublishAsync(subject, "{}");
            }

            if (enough)
            {
                return [.. runs.Where(run => run.Value.HasHeard).Select(run => run.Key)];
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private NatsSubscriber Subscriber(NatsServer server, bool wildcard = false)
    {
        var connection = new ConnectionOptions
        {
            Settings = { ["nats_url"] = server.Address, ["nats_subscriptions"] = wildcard ? "wildcard" : "per_run" },
        };
        if (new FileInfo(_credentialFile).Length > 0)
        {
            connection.Settings["nats_credential_file"] = _credentialFile;
        }

        return new NatsSubscriber(NatsSettings.Of(connection, _time)!, _time, _log);
    }

    /// <summary>Lets time pass until the next line is logged, which must be the expected one.</summary>
    private async Task LoggedAsync(string expected)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!_log.HasUnread)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            patience.Token.ThrowIfCancellationRequested();
            await _log.MovedAsync();
        }

        Assert.Contains(expected, await _log.NextAsync(), StringComparison.Ordinal);
    }
}
