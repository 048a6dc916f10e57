using System.Net;
using Microsoft.Extensions.Logging;

namespace Vigil.Client;

/// <summary>Logs once that the gateway stopped answering, and once that it answers again, however many requests fail meanwhile.</summary>
internal sealed partial class GatewayWatch(Uri address, ILogger<VigilHttpClient> logger) : DelegatingHandler
{
    private bool _isSilent;

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            var isUp = response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
            Note(isUp ? null : $"status {(int)response.StatusCode}");
            return response;
        }
        catch (HttpRequestException e)
        {
            Note(e.Message);
            throw;
        }
    }

    private void Note(string? failure)
    {
        if (Interlocked.Exchange(ref _isSilent, failure is not null) == (failure is not null))
        {
            return;
        }

        if (failure is null)
        {
            LogAnswers(address);
        }
        else
        {
            LogSilent(address, failure);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The gateway at {Address} does not answer ({Reason}); waiting calls go on trying")]
    private partial void LogSilent(Uri address, string reason);

    [LoggerMessage(LogLevel.Information, "The gateway at {Address} answers again")]
    private partial void LogAnswers(Uri address);
}
