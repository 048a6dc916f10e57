using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>What a caller gets from a method that enumerates. Each enumeration of it is a call of its own.</summary>
internal sealed class GrainEnumerable<T>(Func<Task<object?>> call, CancellationToken token) : IAsyncEnumerable<T>
{
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
        await using var items = (Enumeration<T>)(await call())!;
        while (await items.MoveNextAsync(either.Token) is (true, var item))
        {
            yield return item;
        }
    }
}

/// <summary>An enumeration that is under way in an activation. Its steps are turns there, which interleave; it ends with the activation.</summary>
[Immutable]
internal sealed class Enumeration<T> : IAsyncDisposable
{
    private readonly Activation _activation = RuntimeContext.Current!;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly IAsyncEnumerator<T> _items;
    private Task _step = Task.CompletedTask;

    public Enumeration(IAsyncEnumerable<T> items) => _items = items.GetAsyncEnumerator(_cancellation.Token);

    public async Task<(bool IsItem, T Item)> MoveNextAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(_ => _activation.RunAsync(_cancellation.Cancel), state: null);
        var step = _activation.RunAsync(StepAsync);
        _step = step;
        await Task.WhenAny(step, _activation.Deactivated).WaitAsync(cancellationToken);
        return step.IsCompleted ? await step : throw new OrleansException($"The enumeration ended with its activation: {_activation}");
    }

    public ValueTask DisposeAsync()
    {
        _ = _activation.RunAsync(_cancellation.Cancel);
        _ = _activation.RunAsync(async () =>
        {
            await _step.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await _items.DisposeAsync();
            return true;
        });
        return default;
    }

    private async Task<(bool IsItem, T Item)> StepAsync()
    {
        try
        {
            return await _items.MoveNextAsync() ? (true, (T)CopyContext.CopyOf(_items.Current)!) : (false, default!);
        }
        catch (Exception failure)
        {
            throw ExceptionCopier.Copy(failure);
        }
    }
}
