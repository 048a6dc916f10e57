using System.Text;

namespace Vigil.Grains.Recovery;

/// <summary>A hash that every silo computes alike, in every version: it decides which silo wakes an orphan.</summary>
internal static class IdHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Returns the hash of a text: FNV-1a of its UTF-8, mixed once more so that every bit counts.</summary>
    public static ulong Of(string text)
    {
        var hash = Offset;
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ unit) * Prime);
        }

        hash ^= hash >> 32;
        hash = unchecked(hash * 0xd6e8feb86659fd93);
        return hash ^ (hash >> 32);
    }
}
