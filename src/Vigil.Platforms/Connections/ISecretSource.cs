namespace Vigil.Platforms;

/// <summary>Provides the secret for a connection's requests. It is safe for concurrent use.</summary>
internal interface ISecretSource
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
