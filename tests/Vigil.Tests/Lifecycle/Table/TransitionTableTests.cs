using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Table;

public sealed class TransitionTableTests
{
    private static readonly Dictionary<string, string[]> Groups = TransitionTable.Groups.Split('\n', StringSplitOptions.TrimEntries)
        .Select(line => line.Split(" = ")).ToDictionary(parts => parts[0], parts => parts[1].Split(" | "));

    private static readonly Dictionary<string, string[]> Blocks = TransitionTable.Text.Split("# ", StringSplitOptions.RemoveEmptyEntries)
        .Select(block => block.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(lines => lines[0], lines => lines[1..]);

    public static TheoryData<string> InputNames => [.. Inputs.All.Keys];

    [Theory]
    [MemberData(nameof(InputNames))]
    public void Apply_EverySituation_DoesWhatTheTableSays(string input)
    {
        var expected = Cells(input);
        foreach (var (situation, create) in Situations.All)
        {
            var life = create().After(20);

            var outcome = Outcome.Of(life, Inputs.All[input](life));

            Assert.Equal($"{situation} => {expected.GetValueOrDefault(situation, "(missing in the table)")}", $"{situation} => {outcome}");
        }
    }

    [Fact]
    public void Table_NamesNothingElse()
    {
        Assert.Equal(Inputs.All.Keys.Order(), Blocks.Keys.Order());
        Assert.Equal(Situations.All.Keys.Order(), Groups.Values.SelectMany(names => names).Order());
        Assert.All(Inputs.All.Keys, input => Assert.Empty(Cells(input).Keys.Except(Situations.All.Keys)));
    }

    [Fact]
    public void Inputs_CoverEveryKind()
    {
        var kinds = typeof(LifecycleInput).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(LifecycleInput)) && !type.IsAbstract);

        var covered = Inputs.All.Values.Select(create => create(Given.Accepted()).GetType());

        Assert.Equal(kinds.Order(ByName), covered.Distinct().Order(ByName));
    }

    [Fact]
    public void Situations_CoverEveryStatusAndSubmission()
    {
        var possible = from status in Enum.GetValues<ExecutionStatus>()
                       from phase in Enum.GetValues<SubmissionPhase>()
                       where Situations.IsPossible(status, phase)
                       select $"{status}/{phase}";

        Assert.Equal(possible.Order(), Situations.All.Keys.Where(name => name != "none").Select(name => name.Split(',')[0]).Distinct().Order());
    }

    [Fact]
    public void Situations_AreWhatTheyAreCalled() => Assert.All(
        Situations.All.Where(pair => pair.Key != "none"),
        pair => Assert.StartsWith($"{pair.Value().State.Status}/{pair.Value().State.Submission.Phase}", pair.Key, StringComparison.Ordinal));

    private static Comparer<Type> ByName => Comparer<Type>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    /// <summary>The expected outcome by situation; a situation that the block names twice in the same way is an error.</summary>
    private static Dictionary<string, string> Cells(string input)
    {
        var single = new Dictionary<string, string>();
        var grouped = new Dictionary<string, string>();
        foreach (var line in Blocks[input])
        {
            var (names, outcome) = line.Split(" => ") is [var left, var right] ? (left, right) : throw new FormatException(line);
            foreach (var name in names.Split(" | "))
            {
                if (Groups.TryGetValue(name, out var members))
                {
                    Array.ForEach(members, member => grouped.Add(member, outcome));
                }
                else
                {
                    single.Add(name, outcome);
                }
            }
        }

        return grouped.Concat(single).GroupBy(cell => cell.Key, cell => cell.Value).ToDictionary(cells => cells.Key, cells => cells.Last());
    }
}
