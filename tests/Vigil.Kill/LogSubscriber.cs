using System.Net.Http.Json;
using System.Security.Cryptography;
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
        var body = JsonSerializer.SerializeToUtf8Bytes(executionEvent, VigilJson.Default.ExecutionEvent);
        var delivered = new DeliveredEvent(
            executionEvent.Id,
            executionEvent.Type,
            executionEvent.Execution.Id,
            executionEvent.Execution.Attempt,
            executionEvent.Version,
            executionEvent.Execution.Status,
            Convert.ToHexStringLower(SHA256.HashData(body)));
        using var response = await Http.PostAsJsonAsync(configuration[AddressSetting], delivered);
        response.EnsureSuccessStatusCode();
    }
}

/// <summary>One event as it was delivered to the subscriber.</summary>
internal sealed record DeliveredEvent(string EventId, string Type, string ExecutionId, int Attempt, long Version, ExecutionStatus Status, string BodyHash);
