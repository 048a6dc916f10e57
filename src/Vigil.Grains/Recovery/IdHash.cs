using System.IO.Hashing;

namespace Vigil.Grains.Recovery;

/// <summary>A hash that every silo computes alike, in every version: it decides which silo wakes an orphan.</summary>
internal static class IdHash
{
    /// <summary>Returns the XXH3 hash of the text's UTF-8, an algorithm that is published and fixed.</summary>
    public static ulong Of(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
}
