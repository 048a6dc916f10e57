namespace Vigil.Tests.Engine.Surface;

/// <summary>Says where a stand-in's surface is not part of the real one.</summary>
/// <remarks>A stand-in may have less. What it has must be the same, and an interface that our code implements must be whole.</remarks>
internal static class SurfaceComparison
{
    internal static IEnumerable<string> Differences(
        IEnumerable<SurfaceType> standIn, IReadOnlyDictionary<string, SurfaceType> real, IReadOnlySet<string> implemented)
    {
        foreach (var type in standIn)
        {
            if (!real.TryGetValue(type.Name, out var original))
            {
                yield return $"{type.Name}: there is no such type.";
                continue;
            }

            if (type.Declaration != original.Declaration)
            {
                yield return $"{type.Name}: declared '{type.Declaration}', really '{original.Declaration}'.";
            }

            foreach (var difference in Members(type, original))
            {
                yield return difference;
            }

            if (implemented.Contains(type.Name))
            {
                foreach (var missing in original.Members.Where(member => member.MustBeImplemented && type.Members.All(own => own.Text != member.Text)))
                {
                    yield return $"{type.Name}: lacks '{missing.Text}', which whoever implements it has to write.";
                }
            }
        }
    }

    private static IEnumerable<string> Members(SurfaceType type, SurfaceType original)
    {
        var originals = original.Members.ToLookup(member => member.Text);
        foreach (var member in type.Members)
        {
            if (!originals.Contains(member.Text))
            {
                yield return $"{type.Name}: has '{member.Text}'{Nearest(member, original)}.";
            }
            else if (!originals[member.Text].Any(candidate => Nullability.Agree(member.Annotated, candidate.Annotated)))
            {
                yield return $"{type.Name}: has '{member.Annotated}', really '{originals[member.Text].First().Annotated}'.";
            }
        }
    }

    private static string Nearest(SurfaceMember member, SurfaceType original)
    {
        var name = Name(member.Text);
        var candidates = original.Members.Where(candidate => Name(candidate.Text) == name).Select(candidate => $"'{candidate.Text}'").ToArray();
        return candidates.Length == 0 ? ", which is not there" : $", really {string.Join(" or ", candidates)}";
    }

    /// <summary>The word before the parameters, the accessors or the value.</summary>
    private static string Name(string text)
    {
        if (text.StartsWith("base ", StringComparison.Ordinal))
        {
            return "base";
        }

        var head = text.Replace("new()", "new", StringComparison.Ordinal).Split(['(', '{', '='], 2)[0].TrimEnd();
        for (var open = head.Length; head.EndsWith('>') && open > 0;)
        {
            open = head.LastIndexOf('<', open - 1);
            if (head.AsSpan(open).Count('<') == head.AsSpan(open).Count('>'))
            {
                head = head[..open];
            }
        }

        return head[(head.LastIndexOf(' ') + 1)..];
    }
}
