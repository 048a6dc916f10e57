namespace Vigil.Grains.Delivery;

/// <summary>A subscriber grain as a delivery destination: <c>grain:</c> followed by the grain id.</summary>
internal static class GrainDestination
{
    private const string Prefix = "grain:";

    public static string Of(string grainId) => Prefix + grainId;

    public static bool TryParse(string destination, out GrainId grainId)
    {
        grainId = default;
        return destination.StartsWith(Prefix, StringComparison.Ordinal) && IsGrainId(destination[Prefix.Length..], out grainId);
    }

    private static bool IsGrainId(string text, out GrainId grainId)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        grainId = default;
        return slash > 0 && slash < text.Length - 1 && GrainId.TryParse(text, out grainId);
    }
}
