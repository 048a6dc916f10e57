using System.Text.RegularExpressions;
using NATS.Client.Core;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>The NATS servers of a connection, and how its subjects are subscribed.</summary>
/// <param name="Addresses">The servers, such as <c>nats://host:4222</c>.</param>
/// <param name="Credential">The secret: a token, <c>user:password</c> or an nkey seed. Null if the servers require none.</param>
/// <param name="Wildcard">Whether to subscribe to the events of all runs at once instead of each watched run separately.</param>
internal sealed partial record NatsSettings(ImmutableArray<string> Addresses, Credential? Credential, bool Wildcard)
{
    private const string PerRun = "per_run";
    private const string ByWildcard = "wildcard";

    public NatsTlsOpts Tls { get; init; } = NatsTlsOpts.Default;

    /// <summary>Reads a connection's settings; null if it has no servers.</summary>
    public static NatsSettings? Of(ConnectionOptions connection, TimeProvider time) =>
        AddressesOf(connection) is { IsEmpty: false } addresses
            ? new(addresses, CredentialOf(connection, time), connection.Settings.GetValueOrDefault(ManifestSettings.NatsSubscriptions) == ByWildcard)
            : null;

    public static void Check(ConnectionOptions connection, ICollection<string> errors)
    {
        errors.AddIf(
            !AddressesOf(connection).All(IsAddress),
            $"setting {ManifestSettings.NatsAddress} must be addresses such as nats://host:4222 or tls://host:4222, separated by commas and without a user: "
            + $"put secrets in {ManifestSettings.NatsCredentialFile}.");
        errors.AddIf(
            connection.Setting(ManifestSettings.NatsCredentialFile) is { } file && !File.Exists(file),
            $"setting {ManifestSettings.NatsCredentialFile} must be a readable file with a token, user:password or an nkey seed.");
        ConnectionSettings.CheckOneOf(connection, errors, ManifestSettings.NatsSubscriptions, PerRun, ByWildcard);
    }

    /// <summary>Returns the subject or wildcard pattern to subscribe to.</summary>
    public string PatternOf(string subject) => Wildcard ? string.Join('.', subject.Split('.').Take(2)) + ".>" : subject;

    /// <summary>Returns the client's options. The credential is read again for each connection attempt, so a replaced file takes effect without a restart.</summary>
    public NatsOpts ClientOptions() => new()
    {
        Url = string.Join(',', Addresses),
        Name = "vigil",
        AuthOpts = Credential is null ? new() : new() { AuthCredCallback = (_, _) => new(ReadSecret(Credential.Get())) },
        TlsOpts = Tls,

        // By default the client stops reconnecting after a credential is refused twice.
        IgnoreAuthErrorAbort = true,

        // The default mode subscribes to an inbox, which counts against the server's limits and needs a permission.
        RequestReplyMode = NatsRequestReplyMode.SharedInbox,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PingInterval = TimeSpan.FromSeconds(20),
        ReconnectWaitMin = TimeSpan.FromMilliseconds(250),
        ReconnectWaitMax = TimeSpan.FromSeconds(5),

        // Silos that lost the same server must not all reconnect at the same moment.
        ReconnectJitter = TimeSpan.FromMilliseconds(500),

        // Room for the unsubscriptions of 100,000 runs at once: while a server is away, a full buffer would block each of them for seconds.
        WriterBufferSize = 4 * 1024 * 1024,
    };

    private static Credential? CredentialOf(ConnectionOptions connection, TimeProvider time) =>
        connection.Setting(ManifestSettings.NatsCredentialFile) is { } file
            ? new Credential(connection with { Credential = null, CredentialFile = file }, time)
            : null;

    private static NatsAuthCred ReadSecret(string secret) =>
        NkeySeed().IsMatch(secret) ? NatsAuthCred.FromNkey(secret)
        : secret.Split(':', 2) is [var user, var password] ? NatsAuthCred.FromUserInfo(user, password)
        : NatsAuthCred.FromToken(secret);

    private static ImmutableArray<string> AddressesOf(ConnectionOptions connection) =>
        [.. connection.Settings.GetValueOrDefault(ManifestSettings.NatsAddress, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static bool IsAddress(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "nats" or "tls" && uri.Host.Length > 0 && uri.UserInfo.Length == 0
        && uri.AbsolutePath is "" or "/" && uri.Query.Length == 0;

    [GeneratedRegex("^SU[A-Z2-7]{56}$")]
    private static partial Regex NkeySeed();
}
