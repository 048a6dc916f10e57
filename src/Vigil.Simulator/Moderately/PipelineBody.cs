using System.IO.Compression;

namespace Vigil.Simulator.Moderately;

/// <summary>Writes a pipeline execution, always with all its keys, and its output. The reason of a failure is in the progress data.</summary>
internal static class PipelineBody
{
    public const string Kind = "pipeline";

    public static object Of(SimulatedRun run, RunState state)
    {
        var start = JsonElement.Parse(run.Target.Extra ?? "{}");
        var status = ExecutionBody.StatusOf(state.Phase);
        var current = state.CurrentStep == 0 ? null : state.Steps[state.CurrentStep - 1];
        return new
        {
            pipelineExecutionId = run.Id,
            pipelineConfigurationVersionId = run.Target.Id,
            pipelineInput = JsonElement.Parse(run.Target.Input ?? "{}"),
            pipelineInputSummary = start.Text("pipelineInputSummary") ?? "",
            pipelineOutput = HasOutput(run, state) && run.Script.StoredOutput is null ? run.Script.Output : null,
            pipelineOutputSummary = state.Phase == RunPhase.Succeeded ? "Done." : null,
            status,
            progressData = status == "failed"
                ? (object)new { error = state.Reason ?? "The pipeline was stopped." }
                : new { message = current?.Script.Name },
            pipelineOutputFileUri = HasOutput(run, state) && run.Script.StoredOutput is not null ? $"s3://simulated/{run.Id}" : null,
            currentStep = current is null ? (int?)null : state.CurrentStep,
            totalSteps = state.Steps.IsEmpty ? (int?)null : state.Steps.Length,
            createdAt = WireValues.Iso(state.AcceptedAt),
            updatedAt = WireValues.Iso(UpdatedAt(state)),
            startedAt = WireValues.Iso(state.StartedAt),
            completedAt = status == "completed" ? WireValues.Iso(state.EndedAt) : null,
            failedAt = status == "failed" ? WireValues.Iso(state.EndedAt) : null,
            cancelledAt = status == "cancelled" ? WireValues.Iso(state.EndedAt) : null,
            pausedAt = status == "paused" ? WireValues.Iso(current?.StartedAt) : null,
        };
    }

    public static DateTimeOffset UpdatedAt(RunState state) =>
        state.EndedAt ?? state.Steps.Select(step => step.StartedAt).Where(at => at is not null).Max() ?? state.AcceptedAt;

    public static bool HasOutput(SimulatedRun run, RunState state) => state.Phase == RunPhase.Succeeded && (run.Script.Output ?? (object?)run.Script.StoredOutput) is not null;

    public static object OutputOf(SimulatedRun run, Uri address, DateTimeOffset expiresAt) => run.Script.StoredOutput is { } stored
        ? new
        {
            type = "s3",
            downloadUrl = address.AbsoluteUri,
            expiresAt = WireValues.Iso(expiresAt),
            metadata = new
            {
                fileSizeBytes = StoredBytes(run, stored).Length,
                compressionType = JsonNamingPolicy.SnakeCaseLower.ConvertName(stored.Compression.ToString()),
                fileType = JsonNamingPolicy.SnakeCaseLower.ConvertName(stored.FileType.ToString()),
                outputSummary = "Done.",
            },
        }
        : new { type = "inline", data = run.Script.Output, summary = "Done." };

    /// <summary>Returns the bytes of the stored file. LZ4, which .NET does not have, is only claimed.</summary>
    public static byte[] StoredBytes(SimulatedRun run, StoredOutputScript stored)
    {
        var bytes = Encoding.UTF8.GetBytes(stored.Text ?? run.Script.Output?.GetRawText() ?? "{}");
        return stored.Compression switch
        {
            OutputCompression.Gzip => Compressed(bytes, stream => new GZipStream(stream, CompressionLevel.Fastest)),
            OutputCompression.Brotli => Compressed(bytes, stream => new BrotliStream(stream, CompressionLevel.Fastest)),
            _ => bytes,
        };
    }

    private static byte[] Compressed(byte[] bytes, Func<Stream, Stream> compress)
    {
        var compressed = new MemoryStream();
        using (var stream = compress(compressed))
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }
}
