using System.Runtime.CompilerServices;

namespace Vigil.Gateway;

/// <summary>A file that is being downloaded from its platform. Disposing it ends the download.</summary>
public sealed class OpenFile : IAsyncDisposable
{
    private readonly IFileGrain _grain;

    internal OpenFile(IFileGrain grain, FileDownload download)
    {
        _grain = grain;
        Download = download;
    }

    /// <summary>Gets what is downloaded.</summary>
    public FileDownload Download { get; }

    /// <summary>Reads the bytes to the end, in chunks.</summary>
    /// <exception cref="PlatformUnavailableException">The download broke off.</exception>
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
