namespace Vigil.Platforms.Agentic;

/// <summary>Uploads the files in the input of a start: for each, it requests a token and then sends the bytes.</summary>
internal sealed class FlowUpload(PlatformHttp http, GraphQlClient client, AgenticSettings settings)
{
    private const string Token = """
        mutation UploadToken($fileName: String!, $tenantId: ID!) {
          fileUploadToken(fileName: $fileName, tenantId: $tenantId) { token tenantFile { id file_name storage_path upload_status } }
        }
        """;

    /// <summary>Uploads a file and returns the path that the flow gets as the variable's value.</summary>
    public async Task<string> UploadAsync(string executionId, FlowFileInput file, CancellationToken cancellationToken)
    {
        // A tenant has only one folder, and two runs may upload files with the same name.
        var name = $"{executionId.Replace(':', '-')}-{file.Name}";
        var token = await FindTokenAsync(name, cancellationToken);
        var request = new PlatformRequest(
            "The upload", HttpMethod.Post, new Uri(settings.FilesAddress, $"upload?upload-token={Uri.EscapeDataString(token)}"))
        {
            Acts = true,
            Content = () => new MultipartFormDataContent { { new StreamContent(file.Open()), "file", name } },
        };
        using var answer = await http.SendAsync(request, cancellationToken);
        return $"/tenants/{settings.TenantId}/{name}";
    }

    private async Task<string> FindTokenAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(
            "The upload token request",
            Token,
            writer =>
            {
                writer.WriteString("fileName", name);
                writer.WriteString("tenantId", settings.TenantId);
            },
            acts: true,
            cancellationToken);
        return answer.Require("fileUploadToken")["token"].Text(int.MaxValue) ?? throw answer.Response.Unusable("it has no token");
    }
}
