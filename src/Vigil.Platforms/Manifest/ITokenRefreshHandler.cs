namespace Vigil.Platforms.Manifest;

/// <summary>
/// Notified of refreshed tokens. Register an implementation in the host's services to keep tokens across restarts: otherwise a connection starts
/// with its configured credential, which may have expired by then.
/// </summary>
public interface ITokenRefreshHandler
{
    /// <summary>Called for each token that a connection refreshed, once it is in use. Exceptions are logged and otherwise ignored.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="token">The token. It is a secret.</param>
    /// <param name="cancellationToken">Cancelled when the request that needed the token is cancelled.</param>
    Task OnTokenRefreshedAsync(string connection, string token, CancellationToken cancellationToken);
}
