namespace Vigil.Tests.Engine.Surface;

/// <summary>
/// The types of assemblies that cannot be downloaded by themselves, as somebody read them in Orleans' source:
/// a declaration at the margin, its lines indented, comments after #.
/// </summary>
internal static class HandKept
{
    internal static IReadOnlyList<SurfaceType> Read(TextReader text)
    {
        var types = new List<SurfaceType>();
        var members = new List<SurfaceMember>();
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (line.StartsWith(' '))
            {
                var member = line.Trim();
                members.Add(new SurfaceMember(member, Annotated: null, member.Contains("abstract ", StringComparison.Ordinal)));
                continue;
            }

            members = [];
            types.Add(new SurfaceType(Name(line), line, members));
        }

        return types;
    }

    // "sealed class Orleans.Metadata.X`1<T0>" declares Orleans.Metadata.X`1.
    private static string Name(string declaration)
    {
        var bare = declaration.Split('<')[0];
        return bare[(bare.LastIndexOf(' ') + 1)..];
    }
}
