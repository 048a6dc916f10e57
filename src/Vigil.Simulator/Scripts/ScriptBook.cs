using System.Collections.Concurrent;

namespace Vigil.Simulator;

/// <summary>Which script a start takes.</summary>
public sealed class ScriptBook
{
    private readonly ConcurrentDictionary<(string? Platform, string? Target), RunScript> _scripts = new();

    /// <summary>Has all starts of a target run so from now on; null stands for every platform, or every target that has no script of its own.</summary>
    public void Set(string? platform, string? target, RunScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        _scripts[(platform, target)] = script;
    }

    /// <summary>Returns to the stock targets.</summary>
    public void Clear() => _scripts.Clear();

    /// <summary>Returns the script of a start.</summary>
    public RunScript For(string platform, string target) =>
        _scripts.GetValueOrDefault((platform, target))
        ?? _scripts.GetValueOrDefault((null, target))
        ?? _scripts.GetValueOrDefault((platform, null))
        ?? _scripts.GetValueOrDefault((null, null))
        ?? StockScripts.Of(target);
}
