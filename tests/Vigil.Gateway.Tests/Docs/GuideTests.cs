using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Gateway.Api;
using Vigil.Hosting;
using Vigil.Platforms;

namespace Vigil.Gateway.Tests.Docs;

/// <summary>docs/guide.md says what the code says. <c>VIGIL_WRITE_GUIDE=1</c> has its tables of settings written anew.</summary>
[Collection(VigilAppCollection.Name)]
public sealed partial class GuideTests(VigilApp app)
{
    private static readonly string Docs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "docs"));
    private static readonly string GuidePath = Path.Combine(Docs, "guide.md");
    private static readonly string Guide = Text(GuidePath);

    [Fact]
    public void Settings_AreThoseOfTheCode()
    {
        var sections = VigilSettings.Own.Concat(app.Silo.Services.GetServices<SettingsSection>());
        var expected = $"<!-- settings -->\n\n{SettingTables.Of(sections)}\n<!-- /settings -->";
        if (Environment.GetEnvironmentVariable("VIGIL_WRITE_GUIDE") == "1")
        {
            File.WriteAllText(GuidePath, Settings().Replace(Guide, _ => expected));
            return;
        }

        Assert.Equal(expected, Settings().Match(Guide).Value);
    }

    [Fact]
    public void SettingsOfPlatforms_AreAllListed()
    {
        foreach (var platform in app.Silo.Services.GetServices<IPlatform>())
        {
            var errors = new List<string>();
            platform.Validate(new() { Name = "x", Platform = platform.Name, Settings = { ["?"] = "" } }, errors);
            var known = Regex.Match(errors.First(error => error.StartsWith("Settings:?", StringComparison.Ordinal)), @"The settings are (?<names>.*)\.").Groups["names"].Value;

            Assert.All(known.Split(", "), name => Assert.Matches($@"(?m)^\| `{platform.Name}` \|.*`{name}`", Guide));
        }
    }

    public static TheoryData<Type> Exceptions =>
        [.. typeof(VigilException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(VigilException)))];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Exception_IsListedWithItsCode(Type type)
    {
        var constructor = type.GetConstructors().Single();
        var arguments = constructor.GetParameters().Select(parameter => parameter.ParameterType switch
        {
            var text when text == typeof(string) => parameter.HasDefaultValue ? parameter.DefaultValue : parameter.Name == "command" ? "cancel" : "",
            var execution when execution == typeof(Execution) => new Execution { Id = "", Connection = "", Platform = "" },
            var array when array == typeof(ImmutableArray<string>) => ImmutableArray<string>.Empty,
            var array when array == typeof(ImmutableArray<FieldError>) => ImmutableArray<FieldError>.Empty,
            var value => value.IsValueType ? Activator.CreateInstance(value) : null,
        });
        var code = ((VigilException)constructor.Invoke([.. arguments])).Code;

        Assert.Matches($@"(?m)^\| .*`{type.Name}`.*\|.*`{code}", Guide);
    }

    [Fact]
    public void CodesOfTheHttpApi_AreAllListed() => Assert.All(
        typeof(ProblemCodes).GetFields().Select(field => field.GetValue(null)).OfType<ProblemCode>(),
        problem => Assert.Matches($@"(?m)^\| `\w+Exception` \|.*`{problem.Code}`", Guide));

    [Fact]
    public void Outcomes_AreAllExplained()
    {
        var outcomes = Text(Path.Combine(Docs, "outcomes.md"));
        foreach (var status in Enum.GetValues<ExecutionStatus>())
        {
            var word = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{status}");
            Assert.Contains($"\n| `{word}` |", status.IsTerminal() ? outcomes : Guide, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> Pages => [GuidePath, .. Directory.EnumerateFiles(Path.Combine(Docs, "..", "src"), "README.md", SearchOption.AllDirectories)];

    /// <summary>The code of the guide, and of the packages' pages, is that of the samples, or of a file beside this one; all of it is compiled.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Code_IsCompiled(string page)
    {
        var compiled = Directory.EnumerateFiles(Path.Combine(Docs, "samples"), "*.cs", SearchOption.AllDirectories)
            .Append(Path.Combine(Docs, "..", "tests", "Vigil.Gateway.Tests", "Docs", "GuideSnippets.cs"))
            .Select(file => Unindented(Text(file))).ToArray();

        Assert.All(Fence().Matches(Text(page)).Select(match => match.Groups["code"].Value), code => Assert.True(
            compiled.Any(file => file.Contains(Unindented(code), StringComparison.Ordinal)), $"No sample has this code of {page}, and GuideSnippets.cs does not have it either:\n{code}"));
    }

    [Fact]
    public void Links_LeadToFiles() => Assert.All(
        Link().Matches(Guide).Select(match => match.Groups["path"].Value), path => Assert.True(Path.Exists(Path.Combine(Docs, path)), path));

    private static string Text(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    private static string Unindented(string code) => string.Join('\n', code.Trim().Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("<!-- settings -->.*<!-- /settings -->", RegexOptions.Singleline)]
    private static partial Regex Settings();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?!http)(?<path>[^)#]+)")]
    private static partial Regex Link();
}
