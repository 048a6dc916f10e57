namespace Vigil.Kill;

/// <summary>The files are those that the run wrote as results, with their last content.</summary>
internal sealed class FilesAreThePlatforms : IPromise
{
    private static readonly string[] Writing = ["create", "write", "modify"];

    public string Name => "files are the platform's";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (order, seen, run) in record.EndedByPlatform.Where(ended => ended.Order.Platform == "agentic"))
        {
            var real = run.State.Steps.Where(step => step.EndedAt is not null).SelectMany(step => step.Script.Files)
                .Where(file => file.Artifact && Writing.Contains(file.Operation) && !file.Name.EndsWith(".log", StringComparison.Ordinal))
                .GroupBy(file => file.Name).Select(writes => new SeenFile(writes.Key, writes.Last().Text ?? "")).ToHashSet();
            if (!real.SetEquals(seen.Files) || real.Count != seen.Files.Count)
            {
                yield return new(Name, order.Key, $"has the files [{string.Join(", ", seen.Files)}], but the platform's are [{string.Join(", ", real)}]");
            }
        }
    }
}
