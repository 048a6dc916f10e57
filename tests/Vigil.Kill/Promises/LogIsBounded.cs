namespace Vigil.Kill;

/// <summary>A silo writes a bounded number of lines, whatever is hurt and however many executions there are, and no line without end.</summary>
internal sealed class LogIsBounded : IPromise
{
    public string Name => "log is bounded";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        var limits = record.Limits;
        foreach (var output in record.Outputs)
        {
            var hurts = record.Hurts.All.Count(hurt => hurt.Kind is not (HurtKind.Stopped or HurtKind.ClockSet));
            var allowed = (limits.LinesPerLife * output.Lives) + (limits.LinesPerHurt * hurts) + (limits.LinesPerOrder * record.Orders.Count);
            if (output.Lines > allowed)
            {
                yield return new(Name, null, $"silo {output.Silo} wrote {output.Lines:N0} lines in {output.Lives} lives with {hurts} hurts and {record.Orders.Count} orders; {allowed:N0} are allowed");
            }

            if (output.LongestLine > limits.MaxLineLength)
            {
                yield return new(Name, null, $"silo {output.Silo} wrote a line of {output.LongestLine:N0} characters");
            }
        }
    }
}
