using System.Security.Cryptography;

namespace Vigil.Platforms.Agentic;

/// <summary>
/// Finds the output files among a run's file accesses: those that were created, written or modified and are marked as artifacts, except
/// logs. A file that was written several times is described by its last access.
/// </summary>
internal static class FlowFiles
{
    private const int MaxPath = 2_000;
    private const int MaxName = 200;
    private const int MaxCount = 2_000;

    private static readonly string[] WritingOperations = ["create", "write", "modify"];

    public static ILookup<string, ExecutionFile> None { get; } = Array.Empty<ExecutionFile>().ToLookup(file => file.StepId!);

    /// <summary>Returns the files, grouped by the step that wrote them last.</summary>
    public static ILookup<string, ExecutionFile> Of(JsonView steps) =>
        steps.Items().Where(step => step["id"].PlainId() is not null)
            .SelectMany(step => step["file_access_logs"].Items().Where(IsOutput).Select(log => ToFile(log, step["id"].PlainId()!)))
            .OfType<ExecutionFile>()
            .GroupBy(file => file.Path, StringComparer.Ordinal)
            .Select(accesses => accesses.Last())
            .Take(MaxCount)
            .ToLookup(file => file.StepId!, StringComparer.Ordinal);

    private static bool IsOutput(JsonView log) =>
        WritingOperations.Contains(log["operation"].Text(), StringComparer.Ordinal) && log["artifact"].IsTruthy()
        && log["file_name"].Text()?.EndsWith(".log", StringComparison.Ordinal) != true;

    private static ExecutionFile? ToFile(JsonView log, string stepId)
    {
        // A truncated path could be another file's.
        var path = log["storage_path"].Exact(MaxPath + 1) ?? log["file_path"].Exact(MaxPath + 1);
        return path is null or { Length: > MaxPath } ? null : new ExecutionFile(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 16)),
            NameOf(log["file_name"].Exact() ?? path),
            path,
            log["file_size_bytes"].Int64() is { } size and >= 0 ? size : null,
            stepId,
            log["timestamp"].Time());
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    // The platform's name may contain a path or control characters, which must not end up in a client's file name.
    private static string NameOf(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = string.Concat(last.EnumerateRunes().Where(IsVisible).Take(MaxName)).Trim();
        return clean is "" or "." or ".." ? "file" : clean;
    }
}
