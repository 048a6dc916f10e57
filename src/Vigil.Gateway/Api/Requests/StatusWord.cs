namespace Vigil.Gateway.Api;

/// <summary>Reads a status in Vigil's words, or in a platform's own where it can mean only one of them; in any letter case.</summary>
internal static class StatusWord
{
    private static readonly string[] Own = [.. Enum.GetValues<ExecutionStatus>().Select(status => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString()))];

    private static readonly Dictionary<string, ExecutionStatus> Words = new(
        Own.Zip(Enum.GetValues<ExecutionStatus>(), KeyValuePair.Create), StringComparer.OrdinalIgnoreCase)
    {
        ["queued"] = ExecutionStatus.Pending,
        ["paused"] = ExecutionStatus.AwaitingInput,
        ["completed"] = ExecutionStatus.Succeeded,
        ["canceled"] = ExecutionStatus.Cancelled,
        ["killed"] = ExecutionStatus.Terminated,
    };

    /// <summary>The most words that one field may have.</summary>
    public const int MaxWords = 50;

    /// <summary>Gets all words that are understood.</summary>
    public static IEnumerable<string> All => Words.Keys;

    public static ImmutableArray<ExecutionStatus> ReadAll(ImmutableArray<string> words, Action<string> addError)
    {
        var statuses = ImmutableArray.CreateBuilder<ExecutionStatus>();
        foreach (var word in words)
        {
            if (Words.TryGetValue(word, out var status))
            {
                statuses.Add(status);
            }
            else
            {
                addError($"'{word}' is not known; allowed: {string.Join(", ", Own)}, or a platform's own word for one of them.");
            }
        }

        return statuses.ToImmutable();
    }
}
