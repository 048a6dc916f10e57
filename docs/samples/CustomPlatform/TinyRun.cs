using Vigil;
using Vigil.Platforms;

namespace Tiny;

/// <summary>Reads a run's status.</summary>
internal static class TinyRun
{
    private static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("waiting", ExecutionStatus.Pending),
        ("working", ExecutionStatus.Running),
        ("done", ExecutionStatus.Succeeded),
        ("broken", ExecutionStatus.Failed),
        ("stopped", ExecutionStatus.Cancelled));

    public static RunFormat Format { get; } = new(Words, IdOf: body => body["id"].Id(), Read) { StatusKey = "state" };

    private static Snapshot Read(JsonView body, Snapshot snapshot)
    {
        var status = snapshot.Status;
        return snapshot with
        {
            Output = body["result"].Raw(),
            OutputTruncated = body["result"].HasLoss,
            Failure = status == ExecutionStatus.Failed ? new ExecutionFailure(body["why"].Text() ?? "no_reason_given") : null,
            EndedAt = RunFormat.MayHaveEnded(snapshot) ? body["ended"].Time() : null,
        };
    }
}
