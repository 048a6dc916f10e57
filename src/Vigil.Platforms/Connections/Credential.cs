namespace Vigil.Platforms;

/// <summary>
/// A connection's secret, from its option or from a file. The file is read again at most once a second while it is used: file times say
/// nothing where a secret is mounted through links that are swapped. What cannot be read leaves the last good value in force.
/// </summary>
internal sealed class Credential(ConnectionOptions connection, TimeProvider time) : ISecretSource
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private string _value = connection.Credential?.Trim() ?? "";
    private long? _readAt;

    /// <summary>Returns the secret in force.</summary>
    public string Get() => Read(ReadAgainAfter);

    /// <inheritdoc />
    public ValueTask<string> GetAsync(CancellationToken cancellationToken) => new(Get());

    /// <summary>Reads again at once.</summary>
    public ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken) =>
        new(Read(TimeSpan.Zero) is var now && now != refused ? now : null);

    /// <summary>Replaces the secret in a text that somebody else wrote.</summary>
    public string Redact(string text)
    {
        var secret = _value;
        return secret.Length >= 4 ? text.Replace(secret, "***", StringComparison.Ordinal) : text;
    }

    public static void Check(ConnectionOptions connection, ICollection<string> errors)
    {
        if (string.IsNullOrWhiteSpace(connection.Credential) == string.IsNullOrWhiteSpace(connection.CredentialFile))
        {
            errors.Add("exactly one of Credential and CredentialFile must be given.");
        }
        else if (!string.IsNullOrWhiteSpace(connection.Credential))
        {
            if (!IsUsable(connection.Credential.Trim()))
            {
                errors.Add("Credential must be printable ASCII without spaces.");
            }
        }
        else if (!TryRead(connection.CredentialFile!, out _))
        {
            errors.Add($"CredentialFile '{connection.CredentialFile}' must be a readable file with one line of printable ASCII without spaces.");
        }
    }

    private string Read(TimeSpan readAgainAfter)
    {
        if (connection.CredentialFile is not { Length: > 0 } file)
        {
            return _value;
        }

        lock (_lock)
        {
            if (_readAt is null || time.GetElapsedTime(_readAt.Value) >= readAgainAfter)
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
            // A missing or unreadable file is an answer of this method; the caller decides what follows.
            return false;
        }
    }

    /// <summary>Tells whether a header can carry a secret. One that cannot must not reach it: the framework's exception would quote it.</summary>
    public static bool IsUsable(string value) => value.Length > 0 && value.All(c => c is > ' ' and <= '~');
}
