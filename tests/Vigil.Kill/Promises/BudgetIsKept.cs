namespace Vigil.Kill;

/// <summary>A connection sends no more than its budget, however many silos share it and whatever happens to them.</summary>
internal sealed class BudgetIsKept : IPromise
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    // A silo saves up one second's worth, and one that starts has it too; the clock of the platform and of the silo differ by little.
    private const double Tolerance = 1.3;
    private const int Spare = 10;

    public string Name => "budget is kept";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (platform, budget) in record.Budgets)
        {
            var requests = record.Requests.Where(request => request.Platform == platform).ToLookup(request => request.Operation == "start", request => request.At);
            foreach (var breach in Judge(platform, "starts", [.. requests[true].Order()], budget.StartsPerMinute)
                .Concat(Judge(platform, "other requests", [.. requests[false].Order()], budget.PollsPerMinute)))
            {
                yield return breach;
            }
        }
    }

    private IEnumerable<Breach> Judge(string platform, string what, List<DateTimeOffset> at, double perMinute)
    {
        var allowed = (perMinute * Window.TotalMinutes * Tolerance) + Spare;
        for (var (first, last) = (0, 0); last < at.Count; last++)
        {
            while (at[last] - at[first] > Window)
            {
                first++;
            }

            if (last - first + 1 > allowed)
            {
                yield return new(Name, null, $"{platform} got {last - first + 1} {what} in {Window.TotalSeconds:N0} s from {at[first]:HH:mm:ss}; {allowed:N0} are allowed");
                yield break;
            }
        }
    }
}
