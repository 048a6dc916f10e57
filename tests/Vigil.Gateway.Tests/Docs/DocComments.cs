using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vigil.Gateway.Tests.Docs;

/// <summary>What the comments in the code say, as one line of Markdown.</summary>
internal static partial class DocComments
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Read = [];

    /// <summary>Returns the summary of a type.</summary>
    public static string Of(Type type) => Summary(type.Assembly, $"T:{type.FullName!.Replace('+', '.')}");

    /// <summary>Returns the summary of a property without how it begins, what it says of the default, and the period at its end.</summary>
    public static string Of(PropertyInfo property)
    {
        var text = Default().Replace(Beginning().Replace(Summary(property), ""), ".").TrimEnd('.');
        return text[..1].ToUpperInvariant() + text[1..];
    }

    /// <summary>Returns what the summary of a property says of the default; empty if it says nothing.</summary>
    public static string DefaultOf(PropertyInfo property) => Default().Match(Summary(property)).Groups["default"].Value;

    private static string Summary(PropertyInfo property) =>
        Summary(property.DeclaringType!.Assembly, $"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}");

    private static string Summary(Assembly assembly, string member)
    {
        if (!Read.TryGetValue(assembly, out var members))
        {
            var file = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
            members = file.Descendants("member").ToDictionary(element => (string)element.Attribute("name")!);
            Read.Add(assembly, members);
        }

        var summary = members.GetValueOrDefault(member)?.Element("summary") ?? throw new InvalidOperationException($"{member} has no summary.");
        return Blanks().Replace(string.Concat(summary.Nodes().Select(Markdown)), " ").Trim();
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.', ':')[^1]}`",
        _ => throw new NotSupportedException($"{node} is not expected in a summary."),
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("^Gets( or sets)? (a value indicating )?")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\.? (Default: (?<default>[^.]*(\.(?! |$)[^.]*)*)|(?<default>Required))\.?(?= |$)")]
    private static partial Regex Default();
}
