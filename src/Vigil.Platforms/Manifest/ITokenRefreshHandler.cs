namespace Vigil.Platforms.Manifest;

/// <summary>
/// Notified of refreshed tokens. Register an implementation in the host's services to keep tokens across restarts: otherwise a connection starts
/// with its configured credential, which may have expired by then.
/// </summary>
public interface ITokenRefreshHandler
{
    /// <summary>Called after each refresh with the new token. Exceptions are logged and otherwise ignored.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="token">The token. It is a secret.</param>
    /// <param name="cancellationToken">Cancelled with the request that needed the token.</param>
    Task OnTokenRefreshedAsync(string connection, string token, CancellationToken cancellationToken);
}
