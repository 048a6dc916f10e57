namespace Vigil.Kill;

/// <summary>One promise of the product. It is judged by what the platforms, the callers and the subscriber saw, with no code of the product's.</summary>
internal interface IPromise
{
    /// <summary>Gets its name, as breaches and mutants give it.</summary>
    string Name { get; }

    /// <summary>Returns every breach; none if it was kept.</summary>
    IEnumerable<Breach> Judge(TrialRecord record);
}

/// <summary>One breach of a promise.</summary>
/// <param name="Promise">The promise's name.</param>
/// <param name="Key">The key of the order that it concerns; null if it concerns none.</param>
/// <param name="Text">What happened.</param>
internal sealed record Breach(string Promise, string? Key, string Text)
{
    public override string ToString() => Key is null ? $"[{Promise}] {Text}" : $"[{Promise}] {Key}: {Text}";
}
