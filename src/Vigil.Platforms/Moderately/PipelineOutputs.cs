using System.Net;

namespace Vigil.Platforms.Moderately;

/// <summary>
/// Fetches the outputs of pipeline executions. A large one is stored in a file behind a signed address, which is fetched without the credential and
/// never stored, because anyone who has the address can read the file. A file that is not JSON, or is too large, is described in the output and can be downloaded.
/// </summary>
internal sealed class PipelineOutputs(ConnectionOptions connection, HttpClient storage, TimeProvider time, Func<string, CancellationToken, Task<PlatformResponse>> request)
{
    /// <summary>The id of the file in Vigil; there is one for each execution.</summary>
    public const string FileId = "output";

    private const string Operation = "The output download";

    /// <summary>Completes the snapshot of an ended run with its output, if it has one.</summary>
    public async Task<Snapshot> CompleteAsync(string runId, Snapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await request(runId, cancellationToken);
            var body = response.Json();
            return body["type"].Text() == "inline" ? snapshot with { Partial = false, Output = body["data"].Raw(), OutputTruncated = body["data"].HasLoss }
                : body["type"].Text() == "s3" ? await ReadStoredAsync(runId, snapshot, StoredOutput.Of(response, connection), cancellationToken)
                : throw response.Unusable("its type is unknown");
        }
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Final, StatusCode: 404 })
        {
            return snapshot with { Partial = false };
        }
    }

    /// <summary>Opens the file for reading, decompressed if its compression is known here.</summary>
    public async Task<FileContent> OpenAsync(ExecutionFile file, CancellationToken cancellationToken)
    {
        using var answer = await request(file.Path, cancellationToken);
        if (answer.Json()["type"].Text() != "s3")
        {
            throw new PlatformException(new(PlatformErrorKind.Final, "not_found", "The output is not a file any more.", (int)HttpStatusCode.NotFound));
        }

        var stored = StoredOutput.Of(answer, connection);
        var response = await SendAsync(stored, cancellationToken);
        var body = BodyReader.Decode(await response.Content.ReadAsStreamAsync(cancellationToken), response.Content.Headers);
        var length = response.Content.Headers.ContentEncoding.Count == 0 ? response.Content.Headers.ContentLength : null;
        return new FileContent(new DownloadStream(body, response, connection.RequestTimeout, time), stored.MediaType, length);
    }

    private async Task<Snapshot> ReadStoredAsync(string runId, Snapshot snapshot, StoredOutput stored, CancellationToken cancellationToken)
    {
        if (stored.IsReadable && await ReadJsonAsync(stored, cancellationToken) is { } output)
        {
            return snapshot with { Partial = false, Output = output };
        }

        var file = new ExecutionFile(FileId, stored.FileName, runId, stored.SizeBytes, StepId: null, snapshot.EndedAt);
        return snapshot with { Partial = false, Output = stored.Describe(), Steps = Attach(file, snapshot) };
    }

    /// <summary>Returns the file's JSON; null if it is too long or not JSON.</summary>
    private async Task<string?> ReadJsonAsync(StoredOutput stored, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connection.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var response = await SendAsync(stored, cancellationToken);
        try
        {
            using var body = await BodyReader.ReadAsync(response.Content, PlatformHttp.MaxResponseBytes, maxBytes: 0, both.Token);
            using var document = JsonDocument.Parse(body.Memory, new JsonDocumentOptions { MaxDepth = JsonView.MaxDepth });
            return new JsonView(document.RootElement).Raw() ?? "null";
        }
        catch (UnreadableBodyException e) when (e.InnerException is IOException or HttpRequestException)
        {
            throw Failed("was interrupted", e);
        }
        catch (Exception e) when (e is UnreadableBodyException or JsonException)
        {
            return null;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PlatformException(PlatformErrors.TimedOut(Operation, connection.RequestTimeout), e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(StoredOutput stored, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connection.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage response;
        try
        {
            response = await storage.GetAsync(stored.Address, HttpCompletionOption.ResponseHeadersRead, both.Token);
        }
        catch (HttpRequestException e)
        {
            throw new PlatformException(PlatformErrors.FromException(Operation, e), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PlatformException(PlatformErrors.TimedOut(Operation, connection.RequestTimeout), e);
        }

        if (response.IsSuccessStatusCode)
        {
            // The platform's own client goes by the description alone, whatever the header says.
            response.Content.Headers.ContentEncoding.Clear();
            stored.ContentEncodings.ForEach(response.Content.Headers.ContentEncoding.Add);
            return response;
        }

        using (response)
        {
            // A refusal by the storage, such as 403 for an address that has expired, says nothing about the credential. The next attempt gets a new address.
            throw Failed($"failed with HTTP {(int)response.StatusCode}");
        }
    }

    private static ImmutableArray<StepSnapshot> Attach(ExecutionFile file, Snapshot snapshot)
    {
        var last = snapshot.Steps.IsEmpty ? new StepSnapshot { Id = FileId, Name = FileId, Status = StepStatus.Succeeded, EndedAt = snapshot.EndedAt } : snapshot.Steps[^1];
        var steps = snapshot.Steps.IsEmpty ? snapshot.Steps : snapshot.Steps.RemoveAt(snapshot.Steps.Length - 1);
        return steps.Add(last with { Files = [file with { StepId = last.Id }] });
    }

    private static PlatformException Failed(string what, Exception? cause = null) =>
        new(new(PlatformErrorKind.Transient, "output_unavailable", $"{Operation} {what}."), cause);
}
