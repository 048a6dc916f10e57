namespace Vigil.Platforms.Moderately;

/// <summary>An output that is stored in a file.</summary>
/// <param name="Address">The signed address. It is a secret.</param>
/// <param name="FileType">The platform's word for what the file contains.</param>
/// <param name="Compression">The platform's word for its compression.</param>
/// <param name="SizeBytes">Its size as it is stored.</param>
/// <param name="Summary">A summary for people.</param>
internal sealed record StoredOutput(Uri Address, string FileType, string Compression, long? SizeBytes, string? Summary)
{
    private const int MaxAddress = 16_000;
    private const int MaxWord = 20;

    public bool IsReadable => FileType == "json" && Compression is "none" or "gzip" or "brotli";

    /// <summary>Gets how the file must be decoded, as HTTP names it; nothing for a compression that .NET does not have.</summary>
    public List<string> ContentEncodings => Compression switch
    {
        "gzip" => ["gzip"],
        "brotli" => ["br"],
        _ => [],
    };

    public string FileName => $"output{Extension}{(Compression == "lz4" ? ".lz4" : "")}";

    public string MediaType => (FileType, Compression) switch
    {
        (_, "lz4") => "application/octet-stream",
        ("json", _) => "application/json",
        ("csv", _) => "text/csv",
        ("parquet", _) => "application/vnd.apache.parquet",
        _ => "application/octet-stream",
    };

    private string Extension => FileType is "json" or "csv" or "parquet" ? $".{FileType}" : ".bin";

    public static StoredOutput Of(PlatformResponse response, ConnectionOptions connection)
    {
        var body = response.Json();
        var metadata = body["metadata"];
        var isPlainAllowed = connection.BaseAddress?.Scheme == Uri.UriSchemeHttp;
        return Uri.TryCreate(body["downloadUrl"].Exact(MaxAddress), UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (isPlainAllowed && address.Scheme == Uri.UriSchemeHttp))
                ? new(
                    address,
                    metadata["fileType"].Text(MaxWord) ?? "binary",
                    metadata["compressionType"].Text(MaxWord) ?? "none",
                    metadata["fileSizeBytes"].Int64() is { } size and >= 0 ? size : null,
                    metadata["outputSummary"].Text())
                : throw response.Unusable("it has no address of the output that can be used");
    }

    /// <summary>Returns the JSON that stands for the output: what the file is, without its address.</summary>
    public string Describe()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "file");
            writer.WriteString("file_id", PipelineOutputs.FileId);
            writer.WriteString("file_type", FileType);
            writer.WriteString("compression", Compression);
            if (SizeBytes is { } size)
            {
                writer.WriteNumber("size_bytes", size);
            }

            writer.WriteString("summary", Summary);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.ToArray());
    }
}
