namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>A scoped service, to see how long an activation's scope lives.</summary>
internal sealed class ScopedService : IDisposable
{
    internal Action? Disposed { get; set; }

    public void Dispose() => Disposed?.Invoke();
}
