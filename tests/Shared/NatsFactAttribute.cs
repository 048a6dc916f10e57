namespace Vigil.Testing;

/// <summary>A test that needs a real nats-server, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NatsFactAttribute : FactAttribute
{
    public NatsFactAttribute()
    {
        if (NatsServer.Program is null)
        {
            Skip = "nats-server is not installed, so push is not tested against a real one; Debian has it as the package nats-server.";
        }
    }
}
