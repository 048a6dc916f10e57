namespace Vigil.Platforms;

/// <summary>
/// A connection's secret, from its option or from a file. The file is read again at most once a second while it is used, because file
/// times do not show a change if the secret is mounted through links that are swapped. If it cannot be read, the last valid value stays in use.
/// </summary>
internal sealed class Credential(ConnectionOptions connection, TimeProvider time) : ISecretSource
{
    private const int MaxBytes = 64 * 1024;
    private const int MinRedactedLength = 4;
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private string _value = connection.Credential?.Trim() ?? "";
    private long? _readAt;

    /// <summary>Returns the current secret.</summary>
    public string Get() => Read(ReloadInterval);

    /// <inheritdoc />
    public ValueTask<string> GetAsync(CancellationToken cancellationToken) => new(Get());

    /// <summary>Reads the file again now.</summary>
    public ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken) =>
        new(Read(TimeSpan.Zero) is var now && now != refused ? now : null);

    /// <summary>Replaces the secret in a text from the platform.</summary>
    public string Redact(string text) => Redact(text, _value);

    /// <summary>Replaces a secret in a text; one that is too short would replace ordinary words.</summary>
    public static string Redact(string text, string secret) =>
        secret.Length >= MinRedactedLength ? text.Replace(secret, "***", StringComparison.Ordinal) : text;

    public static void Check(ConnectionOptions connection, ICollection<string> errors)
    {
        var (hasValue, hasFile) = (!string.IsNullOrWhiteSpace(connection.Credential), !string.IsNullOrWhiteSpace(connection.CredentialFile));
        errors.AddIf(hasValue == hasFile, "exactly one of Credential and CredentialFile must be given.");
        errors.AddIf(hasValue && !hasFile && !IsUsable(connection.Credential!.Trim()), "Credential must be printable ASCII without spaces.");
        errors.AddIf(
            hasFile && !hasValue && !TryRead(connection.CredentialFile!, out _),
            $"CredentialFile '{connection.CredentialFile}' must be a readable file with one line of printable ASCII without spaces.");
    }

    private string Read(TimeSpan maxAge)
    {
        if (connection.CredentialFile is not { Length: > 0 } file)
        {
            return _value;
        }

        lock (_lock)
        {
            if (_readAt is null || time.GetElapsedTime(_readAt.Value) >= maxAge)
            {
                _readAt = time.GetTimestamp();
                if (TryRead(file, out var value))
                {
                    _value = value;
                }
            }

            return _value;
        }
    }

    private static bool TryRead(string file, out string value)
    {
        value = "";
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                return false;
            }

            value = File.ReadAllText(file).Trim();
            return IsUsable(value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // A missing or unreadable file is a result of this method; the caller decides what to do.
            return false;
        }
    }

    /// <summary>Returns whether a header can carry a secret. Otherwise it must not be put into one: the framework's exception would quote it.</summary>
    public static bool IsUsable(string value) => value.Length > 0 && value.All(c => c is > ' ' and <= '~');
}
