using System.Net.Http.Headers;
using Orleans.Placement;
using Vigil.Grains.Connections;

namespace Vigil.Grains.Queries;

/// <summary>
/// One download. Unlike those of an execution, its turns may await the platform, because the grain serves a single reader, on whose silo it is placed.
/// </summary>
[GrainType("file"), PreferLocalPlacement, KnownConnectionPlacement, CollectionAgeLimit(Minutes = 1.5)]
internal sealed class FileGrain(ExecutionReader reader, ClusterConnections connections) : Grain, IFileGrain
{
    private const int ChunkBytes = 128 * 1024;

    private string _connection = "";
    private Stream? _body;

    public async Task<FileDownload> OpenAsync(string executionId, string fileId, string? range)
    {
        await CloseAsync();
        var execution = await reader.FindAsync(executionId) ?? throw new ExecutionNotFoundException(executionId);
        var file = await reader.FindFileAsync(executionId, fileId) ?? throw new ExecutionFileNotFoundException(executionId, fileId);
        _connection = execution.Connection;
        try
        {
            var content = await connections.Get(_connection, GrainContext).Connection.OpenFileAsync(
                file, RangeHeaderValue.TryParse(range, out var parsed) ? parsed : null, CancellationToken.None);
            _body = content.Body;
            return new(file, content.ContentType, content.LengthBytes, content.ContentRange?.ToString());
        }
        catch (PlatformException e) when (e.Error.StatusCode == 404)
        {
            throw new ExecutionFileNotFoundException(executionId, fileId);
        }
        catch (PlatformException e)
        {
            throw new PlatformUnavailableException(_connection, e.Message, e.Error.RetryAfter);
        }
    }

    public async Task<ReadOnlyMemory<byte>> ReadAsync()
    {
        var body = _body ?? throw new PlatformUnavailableException(_connection, "The download was closed; open the file again.", retryAfter: null);
        var chunk = new byte[ChunkBytes];
        try
        {
            return chunk.AsMemory(0, await body.ReadAtLeastAsync(chunk, ChunkBytes, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or HttpRequestException or PlatformException)
        {
            await CloseAsync();
            throw new PlatformUnavailableException(_connection, "The download failed.", retryAfter: null);
        }
    }

    public async Task CloseAsync()
    {
        if (_body is { } body)
        {
            _body = null;
            await body.DisposeAsync();
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => CloseAsync();
}
