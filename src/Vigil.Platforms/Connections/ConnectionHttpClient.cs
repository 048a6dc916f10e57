namespace Vigil.Platforms;

/// <summary>Makes the HTTP client of one connection: its own pool, no redirects (they could carry the credential elsewhere), no cookies.</summary>
internal static class ConnectionHttpClient
{
    private static readonly TimeSpan MaxConnect = TimeSpan.FromSeconds(10);

    public static HttpClient Create(ConnectionOptions connection)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = connection.RequestTimeout < MaxConnect ? connection.RequestTimeout : MaxConnect,

            // A platform's address may move while a silo runs for months.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 64,
        };

        // The time-out of a request covers its body too, which HttpClient's own does not when answers are streamed.
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
