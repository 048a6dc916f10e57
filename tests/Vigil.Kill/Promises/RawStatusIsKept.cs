namespace Vigil.Kill;

/// <summary>The platform's own word stands beside the status.</summary>
internal sealed class RawStatusIsKept : IPromise
{
    public string Name => "raw status is kept";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from ended in record.EndedByPlatform
        where ended.Seen.Execution.RawStatus != ended.Run.Word
        select new Breach(Name, ended.Order.Key, $"has the raw status '{ended.Seen.Execution.RawStatus}', but the platform says '{ended.Run.Word}'");
}
