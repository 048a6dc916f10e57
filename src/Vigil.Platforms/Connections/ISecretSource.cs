namespace Vigil.Platforms;

/// <summary>Where a connection's requests get the secret that they carry. It is safe for concurrent use.</summary>
internal interface ISecretSource
{
    /// <summary>Returns the secret in force.</summary>
    /// <exception cref="PlatformException">There is none, and none could be had.</exception>
    ValueTask<string> GetAsync(CancellationToken cancellationToken);

    /// <summary>Returns another secret than the one that was refused; null where there is none.</summary>
    /// <exception cref="PlatformException">Another one could not be had at the moment.</exception>
    ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken);

    /// <summary>Replaces the secret in a text that somebody else wrote.</summary>
    string Redact(string text);
}
