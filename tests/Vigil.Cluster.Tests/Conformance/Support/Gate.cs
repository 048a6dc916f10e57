namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>A place where a grain waits until the test lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Opened => _open.Task;

    internal Task ReachedAsync() => _reached.Task.Within("nobody reached the gate");

    internal void Open() => _open.TrySetResult();

    internal async Task PassAsync(CancellationToken cancellationToken = default)
    {
        _reached.TrySetResult();
        await _open.Task.WaitAsync(cancellationToken);
    }
}
