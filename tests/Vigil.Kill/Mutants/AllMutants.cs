namespace Vigil.Kill;

/// <summary>Every mutant. Each promise has one at least.</summary>
internal static class AllMutants
{
    public static IReadOnlyList<Mutant> All { get; } = [.. StartMutants.All, .. ResultMutants.All, .. EventMutants.All, .. WatchingMutants.All, .. ApiMutants.All, .. SiloMutants.All];

    public static Mutant Named(string name) => All.FirstOrDefault(mutant => mutant.Name == name)
        ?? throw new ArgumentException($"There is no mutant '{name}'; there are: {string.Join(", ", All.Select(mutant => mutant.Name))}.", nameof(name));
}
