using System.Collections.Immutable;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>Where a NATS server listens.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="UseTls">Whether the connection is encrypted, whatever the server offers.</param>
internal sealed record NatsEndpoint(string Host, int Port, bool UseTls)
{
    private const int DefaultPort = 4222;

    /// <summary>Reads a connection's servers; none where it has no push.</summary>
    public static ImmutableArray<NatsEndpoint> Of(ConnectionOptions connection) =>
        [.. AddressesOf(connection).Select(address => TryParse(address) ?? throw new ArgumentException($"'{address}' is no NATS address.", nameof(connection)))];

    /// <summary>Returns the secret for NATS, a token or <c>user:password</c>; null where none is configured.</summary>
    public static Credential? CredentialOf(ConnectionOptions connection, TimeProvider time) =>
        connection.Settings.GetValueOrDefault(ManifestSettings.NatsCredentialFile) is { Length: > 0 } file
            ? new Credential(connection with { Credential = null, CredentialFile = file }, time)
            : null;

    /// <summary>Adds what is wrong with the settings.</summary>
    public static void Check(ConnectionOptions connection, ICollection<string> errors)
    {
        if (AddressesOf(connection).Any(address => TryParse(address) is null))
        {
            errors.Add(
                $"setting {ManifestSettings.NatsAddress} must be addresses such as nats://host:4222 or tls://host:4222, separated by commas and without a user: "
                + $"secrets belong into {ManifestSettings.NatsCredentialFile}.");
        }

        if (connection.Settings.GetValueOrDefault(ManifestSettings.NatsCredentialFile) is { Length: > 0 } file && !File.Exists(file))
        {
            errors.Add($"setting {ManifestSettings.NatsCredentialFile} must be a readable file with a token or user:password.");
        }
    }

    private static string[] AddressesOf(ConnectionOptions connection) =>
        connection.Settings.GetValueOrDefault(ManifestSettings.NatsAddress, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static NatsEndpoint? TryParse(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "nats" or "tls" && uri.Host.Length > 0 && uri.UserInfo.Length == 0
            && uri.AbsolutePath is "" or "/" && uri.Query.Length == 0
            ? new NatsEndpoint(uri.IdnHost.Trim('[', ']'), uri.Port > 0 ? uri.Port : DefaultPort, uri.Scheme == "tls")
            : null;
}
