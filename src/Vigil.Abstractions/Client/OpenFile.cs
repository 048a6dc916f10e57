namespace Vigil;

/// <summary>An open download of a file from its platform. Disposing it closes the download.</summary>
/// <param name="download">The description of the download.</param>
/// <param name="readAsync">Reads the content in chunks, to its end.</param>
/// <param name="closeAsync">Closes the download; called once.</param>
public sealed class OpenFile(
    FileDownload download, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> readAsync, Func<ValueTask> closeAsync) : IAsyncDisposable
{
    private bool _closed;

    /// <summary>Gets the description of the download.</summary>
    public FileDownload Download { get; } = download;

    /// <summary>Reads the content in chunks, to its end. Can be read once.</summary>
    /// <exception cref="PlatformUnavailableException">The platform interrupted the download.</exception>
    /// <exception cref="VigilUnavailableException">The silo or the gateway that passes it on has failed.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken = default) => readAsync(cancellationToken);

    /// <summary>Copies the content to a stream.</summary>
    /// <exception cref="PlatformUnavailableException">The platform interrupted the download.</exception>
    /// <exception cref="VigilUnavailableException">The silo or the gateway that passes it on has failed.</exception>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await foreach (var chunk in readAsync(cancellationToken).WithCancellation(cancellationToken))
        {
            await destination.WriteAsync(chunk, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await closeAsync();
        }
    }
}
