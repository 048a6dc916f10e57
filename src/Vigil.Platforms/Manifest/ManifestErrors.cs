namespace Vigil.Platforms.Manifest;

/// <summary>Reads the bodies of refusals, whose shape the platform does not publish: the usual ones, in the order of how much they say.</summary>
internal static class ManifestErrors
{
    public static ErrorWords Read(JsonView body)
    {
        var error = body["error"].IsObject ? body["error"] : body;
        return new(error["code"].Text(), error["message"].Text() ?? body["error"].Text() ?? body["detail"].Text());
    }
}
