using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Vigil.Kill;

/// <summary>A durable subscriber that writes each event to a file before it acknowledges, so that what it was told outlives its silo.</summary>
[GrainType("vigil-kill-log")]
public sealed class LogSubscriber(IConfiguration configuration) : Grain, IExecutionSubscriber
{
    /// <summary>Where the log is configured.</summary>
    public const string PathSetting = "Kill:Log";

    private static readonly Lock Writing = new();

    /// <inheritdoc />
    public Task OnEventAsync(ExecutionEvent executionEvent)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(executionEvent, VigilJson.Default.ExecutionEvent);
        var told = new Told(
            executionEvent.Id,
            executionEvent.Type,
            executionEvent.Execution.Id,
            executionEvent.Execution.Attempt,
            executionEvent.Version,
            executionEvent.Execution.Status,
            Convert.ToHexStringLower(SHA256.HashData(body)));
        lock (Writing)
        {
            File.AppendAllText(configuration[PathSetting]!, JsonSerializer.Serialize(told) + "\n", Encoding.UTF8);
        }

        return Task.CompletedTask;
    }
}

/// <summary>One line of the subscriber's log.</summary>
internal sealed record Told(string EventId, string Type, string ExecutionId, int Attempt, long Version, ExecutionStatus Status, string BodyHash)
{
    /// <summary>Reads a log; its last line may be torn, for its writer was killed.</summary>
    public static IReadOnlyList<Told> ReadLog(string path)
    {
        var told = new List<Told>();
        if (!File.Exists(path))
        {
            return told;
        }

        foreach (var line in File.ReadLines(path))
        {
            try
            {
                told.Add(JsonSerializer.Deserialize<Told>(line)!);
            }
            catch (JsonException)
            {
                // A torn line was not acknowledged, so the same event must come again: the checker sees whether it did.
            }
        }

        return told;
    }
}
