namespace Vigil;

/// <summary>
/// One download of one file, straight from its platform: opened once, read to its end in chunks, closed. The key is any new id. A download that
/// is not read for a minute is closed.
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

    /// <summary>Returns the next bytes, up to 128 KiB; none at the end of the file.</summary>
    /// <exception cref="PlatformUnavailableException">The download broke off or was closed; open it again.</exception>
    [Alias("ReadAsync")]
    Task<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>Ends the download. Ending it twice is not an error.</summary>
    [Alias("CloseAsync")]
    Task CloseAsync();
}

/// <summary>Describes an open download.</summary>
/// <param name="File">The file.</param>
/// <param name="ContentType">The media type, if the platform reports it.</param>
/// <param name="LengthBytes">The number of bytes that will be read, if the platform reports it.</param>
/// <param name="ContentRange">Which part it is, as in HTTP's Content-Range header, if a range was requested and granted.</param>
[GenerateSerializer, Immutable, Alias("vigil.FileDownload")]
public sealed record FileDownload(
    [property: Id(0)] ExecutionFile File,
    [property: Id(1)] string? ContentType,
    [property: Id(2)] long? LengthBytes,
    [property: Id(3)] string? ContentRange);
