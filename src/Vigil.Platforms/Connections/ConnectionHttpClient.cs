namespace Vigil.Platforms;

/// <summary>Creates the HTTP client of one connection: its own pool, no redirects (they could send the credential elsewhere), no cookies.</summary>
internal static class ConnectionHttpClient
{
    private static readonly TimeSpan MaxConnectTimeout = TimeSpan.FromSeconds(10);

    public static HttpClient Create(ConnectionOptions connection)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = connection.RequestTimeout < MaxConnectTimeout ? connection.RequestTimeout : MaxConnectTimeout,

            // The IP address behind a platform's name may change while a silo runs for months.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 64,
        };

        // PlatformHttp applies a time-out that includes the body, which HttpClient's own does not when answers are streamed.
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
