using System.IO.Hashing;

namespace Vigil.Grains.Recovery;

/// <summary>A hash that is the same on every silo and in every version; it decides which silo wakes an orphan.</summary>
internal static class IdHash
{
    public static ulong Of(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
}
