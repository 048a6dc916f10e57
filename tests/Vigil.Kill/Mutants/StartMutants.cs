using Vigil.Platforms;

namespace Vigil.Kill;

/// <summary>Mutants that start wrongly.</summary>
internal static class StartMutants
{
    private static readonly PlatformError Lost = new(PlatformErrorKind.Transient, "connection_lost", "A mutant lost the answer.");

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("starts twice", "started once")
        {
            Submit = async (connection, request) =>
            {
                await connection.SubmitAsync(request, CancellationToken.None);
                return await connection.SubmitAsync(request, CancellationToken.None);
            },
        },
        new("starts a stranger", "started once")
        {
            Says = "nobody ordered it",
            IsGlobal = true,
            Submit = async (connection, request) =>
            {
                await connection.SubmitAsync(request with { Target = request.Target with { Id = "stranger" } }, CancellationToken.None);
                return await connection.SubmitAsync(request, CancellationToken.None);
            },
        },
        new("loses an answer", "lost only by evidence")
        {
            Submit = async (connection, request) =>
            {
                await connection.SubmitAsync(request, CancellationToken.None);
                throw new PlatformException(Lost);
            },
        },
        new("loses without sending", "lost only by evidence") { Submit = (_, _) => throw new PlatformException(Lost) },
        new("keeps asking", "silent platform is spared")
        {
            IsGlobal = true,
            Platform = "moderately",
            Submit = async (connection, request) =>
            {
                for (var round = 0; round < 40; round++)
                {
                    for (var start = 0; start < 5; start++)
                    {
                        _ = connection.SubmitAsync(request, new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token)
                            .ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                    }

                    await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
                }

                throw new PlatformException(Lost);
            },
        },
    ];
}
