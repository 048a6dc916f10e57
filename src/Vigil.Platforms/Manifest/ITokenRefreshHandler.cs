namespace Vigil.Platforms.Manifest;

/// <summary>
/// The host's word on refreshed tokens. Register one in the services to keep a token beyond the process: a connection begins again with its
/// configured credential, which may have run out by then.
/// </summary>
public interface ITokenRefreshHandler
{
    /// <summary>Is told of each token that a connection refreshed, once it is in force. What it throws is logged and changes nothing.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="token">The token. It is a secret.</param>
    /// <param name="cancellationToken">Ends when the request that needed the token is given up.</param>
    Task OnTokenRefreshedAsync(string connection, string token, CancellationToken cancellationToken);
}
