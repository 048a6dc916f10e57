namespace Vigil.Simulator;

/// <summary>Repeatable random numbers: the same seed and index always give the same number.</summary>
internal static class Dice
{
    /// <summary>Returns a number from 0 (inclusive) to 1 (exclusive).</summary>
    public static double Roll(ulong seed, ulong index) => (Mix(seed, index) >> 11) * (1.0 / (1UL << 53));

    public static Guid Guid(ulong seed, ulong number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Mix(seed, number));
        BitConverter.TryWriteBytes(bytes[8..], Mix(~seed, number));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    // FNV-1a: the same in every process, unlike GetHashCode.
    public static ulong SeedOf(string text) => text.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);

    // SplitMix64.
    public static ulong Mix(ulong seed, ulong number)
    {
        var z = seed + ((number + 1) * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
