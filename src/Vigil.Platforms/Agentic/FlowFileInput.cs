using System.Buffers.Text;

namespace Vigil.Platforms.Agentic;

/// <summary>A file in the input of a start: its content, or the path of a local file.</summary>
internal sealed record FlowFileInput(string Name, byte[]? Content, string? LocalPath)
{
    private const int MaxName = 200;

    public Stream Open() => LocalPath is null ? new MemoryStream(Content!, writable: false) : File.OpenRead(LocalPath);

    /// <summary>Reads a value and adds its errors; returns null if it is not a file.</summary>
    public static FlowFileInput? Read(JsonElement value, string field, string? folder, ICollection<FieldError> errors)
    {
        var view = new JsonView(value);
        if (view.Has("content_base64"))
        {
            return ReadContent(view, field, errors);
        }

        if (!view.Has("local_path"))
        {
            return null;
        }

        var path = Resolve(view["local_path"].Exact(), folder);
        errors.AddIf(path is null, $"{field}.local_path", () => folder is null
            ? "must be omitted: the connection has no upload_directory."
            : "must be an existing file in the connection's upload_directory.");
        return new FlowFileInput(Path.GetFileName(view["file_name"].Text() ?? path ?? "file"), null, path);
    }

    private static FlowFileInput ReadContent(JsonView view, string field, ICollection<FieldError> errors)
    {
        var name = view["file_name"].Text();
        errors.AddIf(
            name is null || name.Length > MaxName || name is "." or ".." || name.AsSpan().ContainsAny("/\\") || name.Any(char.IsControl),
            $"{field}.file_name",
            () => $"must be a file name of 1 to {MaxName} characters, without a path.");

        // An empty string is valid and means an empty file, but Text() returns null for it.
        var encoded = view["content_base64"].Exact(int.MaxValue) ?? "";
        if (!view["content_base64"].IsText || !Base64.IsValid(encoded))
        {
            errors.Add(new($"{field}.content_base64", "must be base64."));
            encoded = "";
        }

        return new FlowFileInput(name ?? "file", Convert.FromBase64String(encoded), null);
    }

    // Links are resolved before the comparison, so that a link in the folder cannot lead out of it.
    private static string? Resolve(string? path, string? folder)
    {
        if (path is null || folder is null || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var file = new FileInfo(Path.GetFullPath(path, root));
        var target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName : null;
        return target?.StartsWith(root, StringComparison.Ordinal) == true ? target : null;
    }
}
