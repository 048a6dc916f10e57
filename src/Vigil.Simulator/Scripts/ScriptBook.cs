namespace Vigil.Simulator;

/// <summary>The scripts of targets.</summary>
public sealed class ScriptBook
{
    private readonly ConcurrentDictionary<(string? Platform, string? Target), RunScript> _scripts = new();

    /// <summary>Sets the script for all later starts of a target; null for every platform, or for every target without a script of its own.</summary>
    public void Set(string? platform, string? target, RunScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        _scripts[(platform, target)] = script;
    }

    /// <summary>Removes all scripts, so that only the stock scripts remain.</summary>
    public void Clear() => _scripts.Clear();

    /// <summary>Returns the script of a start. A target without one runs like <c>ok-5s</c>, if it exists at all.</summary>
    public RunScript For(string platform, string target) => Find(platform, target) ?? StockScripts.Ok;

    /// <summary>Returns the script of a target; null if none names it and none is for every target.</summary>
    public RunScript? Find(string platform, string target) =>
        _scripts.GetValueOrDefault((platform, target))
        ?? _scripts.GetValueOrDefault((null, target))
        ?? _scripts.GetValueOrDefault((platform, null))
        ?? _scripts.GetValueOrDefault((null, null))
        ?? StockScripts.Find(target);
}
