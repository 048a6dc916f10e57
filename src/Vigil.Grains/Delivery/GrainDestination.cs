namespace Vigil.Grains.Delivery;

/// <summary>A subscriber grain as a destination of deliveries: <c>grain:</c> and the grain's id.</summary>
internal static class GrainDestination
{
    private const string Prefix = "grain:";

    /// <summary>Names a subscriber's destination.</summary>
    public static string Of(string grainId) => Prefix + grainId;

    /// <summary>Reads a destination; false where it is no subscriber grain.</summary>
    public static bool TryParse(string destination, out GrainId grainId)
    {
        grainId = default;
        return destination.StartsWith(Prefix, StringComparison.Ordinal) && IsGrainId(destination[Prefix.Length..], out grainId);
    }

    /// <summary>Tells whether a text names a grain.</summary>
    public static bool IsGrainId(string text, out GrainId grainId)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        grainId = default;
        return slash > 0 && slash < text.Length - 1 && GrainId.TryParse(text, out grainId);
    }
}
