namespace Vigil.Platforms.GloriaMundo;

/// <summary>GloriaMundo: workflows over REST, polled one by one.</summary>
internal sealed class GloriaMundoPlatform : IPlatform
{
    public const string AuthHeaderSetting = "auth_header";

    public string Name => "gloriamundo";

    public IReadOnlyList<string> TargetKinds => ["workflow"];

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        ConnectionSettings.CheckKnown(connection, errors, AuthHeaderSetting);
        ConnectionSettings.CheckOneOf(connection, errors, AuthHeaderSetting, "authorization", "x-api-key");
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) =>
        new GloriaMundoConnection(connection, http, time, TargetKinds);
}
