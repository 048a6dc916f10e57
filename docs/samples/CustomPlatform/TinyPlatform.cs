using Vigil.Platforms;

namespace Tiny;

/// <summary>Tiny: jobs over REST, polled one by one.</summary>
public sealed class TinyPlatform : IPlatform
{
    public string Name => "tiny";

    public IReadOnlyList<string> TargetKinds => ["job"];

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        ConnectionSettings.CheckKnown(connection, errors);
        if (connection.BaseAddress is null)
        {
            errors.Add("BaseAddress must be given.");
        }
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) =>
        new TinyConnection(connection, http, time, TargetKinds);
}
