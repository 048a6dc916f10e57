using System.Runtime.CompilerServices;

namespace Vigil.Gateway;

/// <summary>An open download of a file from its platform. Disposing it closes the download.</summary>
public sealed class OpenFile : IAsyncDisposable
{
    private readonly IFileGrain _grain;

    internal OpenFile(IFileGrain grain, FileDownload download)
    {
        _grain = grain;
        Download = download;
    }

    /// <summary>Gets the description of the download.</summary>
    public FileDownload Download { get; }

    /// <summary>Reads the content in chunks, to its end.</summary>
    /// <exception cref="PlatformUnavailableException">The download was interrupted.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _grain.ReadAsync().WaitAsync(cancellationToken) is { Length: > 0 } chunk)
        {
            yield return chunk;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _grain.CloseAsync();
}
