namespace Vigil.Kill;

/// <summary>The usage is what the platform charged for this very run.</summary>
internal sealed class UsageIsThePlatforms : IPromise
{
    public string Name => "usage is the platform's";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from ended in record.EndedByPlatform
        where ended.Seen.Execution.Usage != ended.Run.Usage
        select new Breach(Name, ended.Order.Key, $"has the usage {ended.Seen.Execution.Usage}, but the platform's is {ended.Run.Usage}");
}
