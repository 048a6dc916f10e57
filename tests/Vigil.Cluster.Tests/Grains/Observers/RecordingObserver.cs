using System.Threading.Channels;
using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Observers;

/// <summary>Keeps what it is told, after whatever it is made to wait for.</summary>
internal sealed class RecordingObserver(Task? before = null) : IExecutionObserver
{
    private readonly Channel<ExecutionEvent> _events = Channel.CreateUnbounded<ExecutionEvent>();

    public int Told { get; private set; }

    public async Task OnEventAsync(ExecutionEvent executionEvent)
    {
        Told++;
        await (before ?? Task.CompletedTask);
        _events.Writer.TryWrite(executionEvent);
    }

    public Task<ExecutionEvent> NextAsync(string missing) => _events.Reader.ReadAsync().AsTask().OrFailAsync($"The observer was never told of {missing}.");
}
