namespace Vigil;

/// <summary>
/// One download of one file, streamed from its platform: open it once, read it to the end in chunks, close it. The key is any new id. A download
/// that is not read for a minute is closed.
/// </summary>
[Alias("vigil.IFileGrain")]
public interface IFileGrain : IGrainWithStringKey
{
    /// <summary>Opens the file.</summary>
    /// <param name="executionId">The execution that wrote it.</param>
    /// <param name="fileId">Its <see cref="ExecutionFile.Id"/>.</param>
    /// <param name="range">The part to read, as in HTTP's Range header, such as <c>bytes=0-99</c>; null for the whole file.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFileNotFoundException">The execution has no such file, or the platform has removed it.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    [Alias("OpenAsync")]
    Task<FileDownload> OpenAsync(string executionId, string fileId, string? range);

    /// <summary>Returns the next chunk of up to 128 KiB; empty at the end of the file.</summary>
    /// <exception cref="PlatformUnavailableException">The download was interrupted or closed; start a new one.</exception>
    [Alias("ReadAsync")]
    Task<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>Closes the download. Closing it twice is not an error.</summary>
    [Alias("CloseAsync")]
    Task CloseAsync();
}

/// <summary>Describes an open download.</summary>
/// <param name="File">The file.</param>
/// <param name="ContentType">The media type, if the platform reports it.</param>
/// <param name="LengthBytes">The number of bytes that will be read, if the platform reports it.</param>
/// <param name="ContentRange">The part that is returned, as in HTTP's Content-Range header; null for the whole file.</param>
[GenerateSerializer, Immutable, Alias("vigil.FileDownload")]
public sealed record FileDownload(
    [property: Id(0)] ExecutionFile File,
    [property: Id(1)] string? ContentType,
    [property: Id(2)] long? LengthBytes,
    [property: Id(3)] string? ContentRange);
