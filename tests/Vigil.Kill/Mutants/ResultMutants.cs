using Vigil.Platforms;

namespace Vigil.Kill;

/// <summary>Mutants that tell results wrongly.</summary>
internal static class ResultMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("turns success into failure", "outcome is the platform's") { See = seen => seen.Status == ExecutionStatus.Succeeded ? seen with { Status = ExecutionStatus.Failed } : seen },
        new("invents a reason", "outcome is the platform's")
        {
            Target = TargetKind.Fails,
            See = seen => seen.Failure is null ? seen : seen with { Failure = new("It is full moon.") },
        },
        new("abandons what has ended", "outcome is the platform's") { DeadlineSeconds = 18, LooksAway = _ => true },
        new("translates the raw status", "raw status is kept") { See = seen => seen with { RawStatus = seen.Status.ToString() } },
        new("junk output", "output is the platform's") { See = seen => seen.Output is null ? seen : seen with { Output = """{"junk":true}""" } },
        new("no output", "output is the platform's") { Platform = "manifest", See = seen => seen with { Output = null } },
        new("charges more", "usage is the platform's") { See = seen => seen.Usage is null ? seen : seen with { Usage = seen.Usage with { CostCents = seen.Usage.CostCents + 1 } } },
        new("no steps", "steps are the platform's") { See = seen => seen with { Steps = [] } },
        new("all steps are well", "steps are the platform's")
        {
            Platform = "agentic",
            Target = TargetKind.Fails,
            See = seen => seen with { Steps = [.. seen.Steps.Select(step => step with { Status = StepStatus.Succeeded })] },
        },
        new("no files", "files are the platform's")
        {
            Platform = "agentic",
            Target = TargetKind.Files,
            See = seen => seen with { Steps = [.. seen.Steps.Select(step => step with { Files = [] })] },
        },
        new("swallows the cancel", "stops reach the run") { Platform = "agentic", Target = TargetKind.Slow, FollowUp = FollowUp.Cancel, DeadlineSeconds = 8, SwallowsCancel = true },
        new("retries unasked", "retries happen once")
        {
            Platform = "cognite",
            Target = TargetKind.Fails,
            Submit = async (connection, request) =>
            {
                var submitted = await connection.SubmitAsync(request, CancellationToken.None);
                _ = RetryAsync(connection, new(submitted.RemoteId, request.Target));
                return submitted;
            },
        },
    ];

    private static async Task RetryAsync(IPlatformConnection connection, RemoteRun run)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            try
            {
                await connection.RetryAsync(run, CancellationToken.None);
                return;
            }
            catch (PlatformException)
            {
                // It has not ended yet.
            }
        }
    }
}
