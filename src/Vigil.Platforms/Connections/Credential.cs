using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>
/// A connection's secret, from its option or from a file. The file is read again at most once a second while in use, because file times do not
/// reveal a change if a mounted secret is replaced by swapping links. If it cannot be read, the last valid value stays in use.
/// </summary>
internal sealed class Credential(ConnectionOptions connection, TimeProvider time) : ISecretSource
{
    private const int MaxBytes = 64 * 1024;
    private const int MinRedactedLength = 4;
    private const int MinLongLength = 8;
    private const int MinRandomLetters = 16;
    private const string SecretFollows = """(?<=["'`=]|(?i:key|token|secret|password|credential|bearer|basic)\W{1,3})""";
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private string _value = connection.Credential?.Trim() ?? "";
    private long? _readAt;

    public string Get() => Read(ReloadInterval);

    public ValueTask<string> GetAsync(CancellationToken cancellationToken) => new(Get());

    /// <summary>Reads the file again now.</summary>
    public ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken) =>
        new(Read(TimeSpan.Zero) is var now && now != refused ? now : null);

    public string Redact(string text) => Redact(text, _value);

    /// <summary>
    /// Replaces a secret in a text. One that is short is replaced only where it is a whole token, and one that could be a word of the text only where the text
    /// presents it as a secret.
    /// </summary>
    public static string Redact(string text, string secret)
    {
        if (secret.Length < MinRedactedLength || !text.Contains(secret, StringComparison.Ordinal))
        {
            return text;
        }

        var isWord = secret.Length < MinRandomLetters && secret.All(char.IsAsciiLetter);
        return !isWord && secret.Length >= MinLongLength
            ? text.Replace(secret, "***", StringComparison.Ordinal)
            : Regex.Replace(text, $"{(isWord ? SecretFollows : "")}(?<![A-Za-z0-9]){Regex.Escape(secret)}(?![A-Za-z0-9])", "***", RegexOptions.CultureInvariant);
    }

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
            // A missing or unreadable file is an expected result; the caller handles it.
            return false;
        }
    }

    /// <summary>Returns whether a secret can be sent in a header. Any other must not be put into one, because the framework's exception would quote it.</summary>
    public static bool IsUsable(string value) => value.Length > 0 && value.All(c => c is > ' ' and <= '~');
}

/// <summary>Provides the secret for a connection's requests; safe for concurrent use.</summary>
public interface ISecretSource
{
    /// <summary>Returns the current secret.</summary>
    /// <exception cref="PlatformException">There is none, and none could be obtained.</exception>
    ValueTask<string> GetAsync(CancellationToken cancellationToken);

    /// <summary>Returns a different secret from the refused one; null if there is none.</summary>
    /// <exception cref="PlatformException">A different secret could not be obtained at the moment.</exception>
    ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken);

    /// <summary>Replaces the secret in a text from the platform.</summary>
    string Redact(string text);
}
