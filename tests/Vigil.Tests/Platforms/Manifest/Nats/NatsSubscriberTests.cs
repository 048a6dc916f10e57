using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Vigil.Platforms;
using Vigil.Platforms.Manifest.Nats;
using Vigil.Testing;

namespace Vigil.Tests.Platforms.Manifest.Nats;

public sealed class NatsSubscriberTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [NatsFact]
    public async Task SubscribeAsync_MessagesOnItsSubjects_YieldsTheirSubjectsAndNoOthers()
    {
        await using var server = await NatsServer.StartAsync();
        await using var subscriber = Subscriber(server);
        await using var one = Listener.Start(subscriber, "exec.events.1", "exec.output.1");
        await using var two = Listener.Start(subscriber, "exec.events.2");
        await PublishUntilHeardAsync(server, one, "exec.events.1");
        await PublishUntilHeardAsync(server, two, "exec.events.2");

        await server.PublishAsync("exec.output.3", "{}");
        await server.PublishAsync("exec.output.1", new string('x', 100_000));
        await server.PublishAsync("exec.events.2", "MSG exec.events.1 1 2\r\nhi\r\n");

        Assert.Equal("exec.output.1", await one.NextAsync());
        Assert.Equal("exec.events.2", await two.NextAsync());
    }

    [NatsFact]
    public async Task SubscribeAsync_ServerKilledAndBack_HintsOnceAndHearsAgain()
    {
        await using var server = await NatsServer.StartAsync();
        await using var subscriber = Subscriber(server);
        await using var listener = Listener.Start(subscriber, "exec.events.1");
        await PublishUntilHeardAsync(server, listener, "exec.events.1");

        await server.KillAsync();
        await server.StartAgainAsync();

        Assert.Equal("reconnected", await listener.NextAsync());
        await PublishUntilHeardAsync(server, listener, "exec.events.1");
    }

    [NatsFact]
    public async Task SubscribeAsync_ServerThatComesLater_IsFound()
    {
        await using var server = await NatsServer.StartAsync();
        await server.KillAsync();
        await using var subscriber = Subscriber(server);
        await using var listener = Listener.Start(subscriber, "exec.events.1");

        await server.StartAgainAsync();

        await PublishUntilHeardAsync(server, listener, "exec.events.1");
    }

    [NatsFact]
    public async Task SubscribeAsync_FirstOfTwoServersDead_HearsTheOther()
    {
        await using var dead = await NatsServer.StartAsync();
        await dead.KillAsync();
        await using var server = await NatsServer.StartAsync();
        await using var subscriber = Subscriber($"{dead.Address}, {server.Address}");
        await using var listener = Listener.Start(subscriber, "exec.events.1");

        await PublishUntilHeardAsync(server, listener, "exec.events.1");
    }

    [NatsFact]
    public async Task SubscribeAsync_IdThatIsAPattern_HearsNothingOfOthers()
    {
        await using var server = await NatsServer.StartAsync();
        await using var subscriber = Subscriber(server);
        await using var greedy = Listener.Start(subscriber, "exec.events.>", "exec.*.1", "exec.events.a b", "exec.events.");
        await using var listener = Listener.Start(subscriber, "exec.events.1");

        await PublishUntilHeardAsync(server, listener, "exec.events.1");

        Assert.False(greedy.HasHeard);
    }

    [NatsFact]
    public async Task SubscribeAsync_ServerThatAsksForAPassword_IsTold()
    {
        await using var server = await NatsServer.StartAsync("--user", "vigil", "--pass", "p:w");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "vigil:p:w\n");
            var connection = new ConnectionOptions { Settings = { ["nats_url"] = server.Address, ["nats_credential_file"] = file } };
            await using var subscriber = new NatsSubscriber(NatsSettings.Of(connection, TimeProvider.System)!, TimeProvider.System, NullLogger.Instance);
            await using var listener = Listener.Start(subscriber, "exec.events.1");

            await PublishUntilHeardAsync(server, listener, "exec.events.1", """{"user":"vigil","pass":"p:w"}""");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [NatsFact]
    public async Task SubscribeAsync_ServerThatDemandsTls_IsHeardOverTlsWhereItsCertificateIsAccepted()
    {
        var folder = Directory.CreateTempSubdirectory("vigil-nats");
        try
        {
            var (certificate, key) = await WriteCertificateAsync(folder.FullName);
            await using var server = await NatsServer.StartAsync("--tls", "--tlscert", certificate, "--tlskey", key, "-m", "0");
            var checkedSubject = new TaskCompletionSource<string?>();
            var settings = new NatsSettings([server.Address], Credential: null, Wildcard: false)
            {
                Tls = new() { ConfigureClientAuthentication = tls => CheckAsync(tls, checkedSubject) },
            };
            await using var subscriber = new NatsSubscriber(settings, TimeProvider.System, NullLogger.Instance);
            await using var listener = Listener.Start(subscriber, "exec.events.1");

            Assert.Equal("CN=vigil-test", await checkedSubject.Task.WaitAsync(Patience));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [NatsFact]
    public async Task SubscribeAsync_Wildcard_HearsTheWatchedAndAfterARestartToo()
    {
        await using var server = await NatsServer.StartAsync();
        var settings = new NatsSettings([server.Address], Credential: null, Wildcard: true);
        await using var subscriber = new NatsSubscriber(settings, TimeProvider.System, NullLogger.Instance);
        await using var one = Listener.Start(subscriber, "exec.events.1", "exec.output.1");
        await using var two = Listener.Start(subscriber, "exec.events.2", "exec.output.2");
        await PublishUntilHeardAsync(server, one, "exec.events.1");
        await PublishUntilHeardAsync(server, two, "exec.output.2");

        await server.PublishAsync("exec.events.3", "{}");
        await server.PublishAsync("exec.output.1", "{}");
        Assert.Equal("exec.output.1", await one.NextAsync());
        Assert.False(two.HasHeard);

        await server.KillAsync();
        await server.StartAgainAsync();
        Assert.Equal("reconnected", await two.NextAsync());
        await PublishUntilHeardAsync(server, two, "exec.events.2");
    }

    private static ValueTask CheckAsync(SslClientAuthenticationOptions tls, TaskCompletionSource<string?> checkedSubject)
    {
        tls.RemoteCertificateValidationCallback = (_, shown, _, _) => checkedSubject.TrySetResult(shown?.Subject) || true;
        return default;
    }

    private static NatsSubscriber Subscriber(NatsServer server) => Subscriber(server.Address);

    private static NatsSubscriber Subscriber(string addresses) => new(
        NatsSettings.Of(new ConnectionOptions { Settings = { ["nats_url"] = addresses } }, TimeProvider.System)!, TimeProvider.System, NullLogger.Instance);

    /// <summary>Nothing tells from outside when a subscription is in force, so the first message is repeated until it is heard.</summary>
    internal static async Task PublishUntilHeardAsync(NatsServer server, Listener listener, string subject, string connectOptions = "{}")
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            await server.PublishAsync(subject, "{}", connectOptions);
            if (await listener.TryNextAsync(TimeSpan.FromMilliseconds(100)) is { } heard && heard == subject)
            {
                await listener.DrainAsync();
                return;
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<(string Certificate, string Key)> WriteCertificateAsync(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=vigil-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        var (certificateFile, keyFile) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
