using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;

namespace Vigil.Kill;

/// <summary>A durable subscriber that acknowledges an event once the trial's own process, which outlives every silo, has recorded it.</summary>
[GrainType("vigil-kill-log")]
public sealed class LogSubscriber(IConfiguration configuration) : Grain, IExecutionSubscriber
{
    /// <summary>The setting that holds the address of the log.</summary>
    public const string AddressSetting = "Kill:Log";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <inheritdoc />
    public async Task OnEventAsync(ExecutionEvent executionEvent)
    {
        using var response = await Http.PostAsJsonAsync(configuration[AddressSetting], SeenEvent.Of(executionEvent));
        response.EnsureSuccessStatusCode();
    }
}
