namespace Vigil.Platforms.Manifest;

/// <summary>Reads error bodies. The platform does not document their form, so this tries the usual ones, the most detailed first.</summary>
internal static class ManifestErrors
{
    public static ErrorWords Read(JsonView body)
    {
        var error = body["error"].IsObject ? body["error"] : body;
        return new(error["code"].Text(), error["message"].Text() ?? body["error"].Text() ?? body["detail"].Text());
    }
}
