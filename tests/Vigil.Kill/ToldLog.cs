using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Vigil.Kill;

/// <summary>Writes down what the subscriber was told, in the order of the telling.</summary>
internal sealed class ToldLog : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Told> _told = [];

    private ToldLog(WebApplication app) => _app = app;

    /// <summary>Gets where events are posted.</summary>
    public Uri Address => new(new Uri(_app.Urls.First()), "told");

    public IReadOnlyList<Told> All
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public static async Task<ToldLog> StartAsync(CancellationToken cancellationToken)
    {
        // An empty builder: the trial's own environment says nothing about this server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var log = new ToldLog(builder.Build());
        log._app.Run(log.TakeAsync);
        await log._app.StartAsync(cancellationToken);
        return log;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var told = await context.Request.ReadFromJsonAsync<Told>(context.RequestAborted);
        lock (_told)
        {
            _told.Add(told!);
        }
    }
}
