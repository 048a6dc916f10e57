namespace Vigil.Kill;

/// <summary>The output is the one of this very run, which no other run has.</summary>
internal sealed class OutputIsThePlatforms : IPromise
{
    public string Name => "output is the platform's";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from ended in record.EndedByPlatform
        where !Same(ended.Seen.Execution.Output, ended.Run.Output) || ended.Seen.Execution.OutputTruncated
        select new Breach(Name, ended.Order.Key, $"has the output {ended.Seen.Execution.Output ?? "none"}, but the platform's is {ended.Run.Output?.GetRawText() ?? "none"}");

    private static bool Same(string? output, JsonElement? real) =>
        output is null || real is null ? output is null && real is null : JsonElement.DeepEquals(JsonElement.Parse(output), real.Value);
}
