using System.Collections.Concurrent;

namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>What a test and its grains share: all of them live in this process, on either engine.</summary>
internal sealed class Stage
{
    private readonly ConcurrentDictionary<string, Journal> _journals = new();
    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    internal Journal Journal(string key) => _journals.GetOrAdd(key, _ => new Journal());

    internal Gate Gate(string name) => _gates.GetOrAdd(name, _ => new Gate());
}
