using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.OrleansAssumptions.Support;

/// <summary>A place where a grain waits until the test lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task ReachedAsync() => _reached.Task.OrFailAsync("The gate was never reached.");

    public void Open() => _opened.TrySetResult();

    public async Task PassAsync(CancellationToken cancellationToken = default)
    {
        _reached.TrySetResult();
        await _opened.Task.WaitAsync(cancellationToken);
    }
}
