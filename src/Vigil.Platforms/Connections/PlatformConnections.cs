using System.Diagnostics.CodeAnalysis;

namespace Vigil.Platforms;

/// <summary>The configured connections by name, each opened only once. All access to platforms goes through here.</summary>
public sealed class PlatformConnections : IAsyncDisposable
{
    private readonly Dictionary<string, PlatformConnection> _connections;

    /// <summary>Takes ownership of connections with different names.</summary>
    public PlatformConnections(IEnumerable<PlatformConnection> connections)
    {
        ArgumentNullException.ThrowIfNull(connections);
        All = [.. connections];
        _connections = All.ToDictionary(connection => connection.Name, StringComparer.Ordinal);
    }

    /// <summary>Gets the connections in the order of their configuration.</summary>
    public IReadOnlyList<PlatformConnection> All { get; }

    /// <summary>Finds a connection by its name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out PlatformConnection? connection) => _connections.TryGetValue(name, out connection);

    /// <summary>Finds a connection by its name.</summary>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public PlatformConnection Get(string name) => TryGet(name, out var connection) ? connection : throw new ConnectionNotFoundException(name);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in All)
        {
            await connection.DisposeAsync();
        }
    }
}
