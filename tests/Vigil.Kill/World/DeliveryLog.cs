using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Vigil.Kill;

/// <summary>Records the events delivered to the subscriber, in the order of delivery.</summary>
internal sealed class DeliveryLog : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<DeliveredEvent> _delivered = [];

    private DeliveryLog(WebApplication app) => _app = app;

    /// <summary>Gets the address that events are posted to.</summary>
    public Uri Address => new(new Uri(_app.Urls.First()), "events");

    public IReadOnlyList<DeliveredEvent> All
    {
        get
        {
            lock (_delivered)
            {
                return [.. _delivered];
            }
        }
    }

    public static async Task<DeliveryLog> StartAsync(CancellationToken cancellationToken)
    {
        // An empty builder, so that the trial's environment variables do not configure this server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var log = new DeliveryLog(builder.Build());
        log._app.Run(log.TakeAsync);
        await log._app.StartAsync(cancellationToken);
        return log;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var received = await context.Request.ReadFromJsonAsync<SeenEvent>(context.RequestAborted);
        lock (_delivered)
        {
            _delivered.Add(new(TimeProvider.System.GetUtcNow(), received!));
        }
    }
}
