using System.Collections;
using System.Reflection;
using Vigil.Grains;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests;

/// <summary>The fingerprint sees every difference that a snapshot can have.</summary>
public sealed class FingerprintTests
{
    private static readonly DateTimeOffset Moment = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Snapshot Full = new()
    {
        Status = ExecutionStatus.Running,
        RawStatus = "running",
        Progress = new(1, 2, 50, "one"),
        Steps = [new() { Id = "s", Name = "step", Kind = "k", Status = StepStatus.Running, RawStatus = "r", Failure = new("a", "b"), DependsOn = ["t"], Files = [new("f", "n", "p", 1, "s", Moment)] }],
        Failure = new("reason", "detail"),
        Output = "{}",
        Usage = new(1, 2),
        StartedAt = Moment,
        EndedAt = Moment,
        Target = new("workflow", "w", "1"),
    };

    [Fact]
    public void Of_TheSameContent_IsTheSame() =>
        Assert.Equal(Fingerprint.Of(Full, 1), Fingerprint.Of(Full with { Steps = [.. Full.Steps.Select(step => step with { })] }, 1));

    [Fact]
    public void Of_AnotherAttempt_IsAnother() => Assert.NotEqual(Fingerprint.Of(Full, 1), Fingerprint.Of(Full, 2));

    [Fact]
    public void Of_AnyMemberChanged_IsAnother()
    {
        // By reflection, so that a member that is added later and forgotten in the fingerprint is found.
        var seen = new Dictionary<ulong, string> { [Fingerprint.Of(Full, 1)] = "as it was" };
        foreach (var (changed, what) in Changes(Full, typeof(Snapshot)))
        {
            Assert.True(seen.TryAdd(Fingerprint.Of((Snapshot)changed, 1), what), $"{what} looks like: {seen.GetValueOrDefault(Fingerprint.Of((Snapshot)changed, 1))}");
        }

        Assert.InRange(seen.Count, 30, 100);
    }

    [Fact]
    public void Of_AnyMemberOfAStepChanged_IsAnother()
    {
        var step = Full.Steps[0];
        var seen = new Dictionary<ulong, string> { [Fingerprint.Of(step)] = "as it was" };
        foreach (var (changed, what) in Changes(step, typeof(StepSnapshot)))
        {
            Assert.True(seen.TryAdd(Fingerprint.Of((StepSnapshot)changed), what), $"{what} looks like: {seen.GetValueOrDefault(Fingerprint.Of((StepSnapshot)changed))}");
        }

        Assert.Equal(Fingerprint.Of(step), Fingerprint.Of(step with { }));
        Assert.InRange(seen.Count, 15, 50);
    }

    [Fact]
    public void Of_TextMovedBetweenNeighbours_IsAnother()
    {
        var one = Full with { Failure = new("ab", "c") };
        var other = Full with { Failure = new("a", "bc") };

        Assert.NotEqual(Fingerprint.Of(one, 1), Fingerprint.Of(other, 1));
    }

    [Fact]
    public void Of_ManyCounters_DoesNotCollide()
    {
        var prints = new HashSet<ulong>();
        for (var i = 0; i < 100_000; i++)
        {
            prints.Add(Fingerprint.Of(ScriptedConnection.Running() with { Progress = new(i, 100_000, null, null) }, 1));
        }

        Assert.Equal(100_000, prints.Count);
    }

    // What follows from another member, or is known and not told.
    private static readonly string[] Unprinted = [nameof(Snapshot.UnknownStatus), nameof(Snapshot.ClockAhead), nameof(Snapshot.Raw), nameof(Snapshot.RawTruncated)];

    /// <summary>Yields copies of a record that differ in one member each, at any depth.</summary>
    private static IEnumerable<(object Changed, string What)> Changes(object record, Type type)
    {
        foreach (var property in type.GetProperties().Where(property => property.CanWrite && !Unprinted.Contains(property.Name)))
        {
            var value = property.GetValue(record);
            foreach (var (other, what) in Others(value, property.PropertyType, property.Name))
            {
                var copy = type.GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public)!.Invoke(record, null)!;
                property.SetValue(copy, other);
                yield return (copy, what);
            }
        }
    }

    private static IEnumerable<(object? Other, string What)> Others(object? value, Type type, string name)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (value is IEnumerable and not string)
        {
            var element = bare.GetGenericArguments()[0];
            yield return (Empty(element), $"{name} emptied");
            foreach (var (changed, what) in element == typeof(string)
                ? Others(((IEnumerable)value).Cast<object>().First(), element, name)
                : Changes(((IEnumerable)value).Cast<object>().First(), element).Select(change => ((object?)change.Changed, $"{name}.{change.What}")))
            {
                yield return (Single(element, changed!), what);
            }
        }
        else if (bare.IsClass && bare != typeof(string))
        {
            yield return (null, $"{name} removed");
            foreach (var (changed, what) in Changes(value!, bare))
            {
                yield return (changed, $"{name}.{what}");
            }
        }
        else
        {
            yield return (Another(value, bare), $"{name} changed");
        }
    }

    private static object Another(object? value, Type type) => value switch
    {
        null => type == typeof(string) ? "something" : type == typeof(DateTimeOffset) ? Moment : type == typeof(ExecutionFailure) ? new ExecutionFailure("x") : 7,
        string text => text + "!",
        bool flag => !flag,
        int number => number + 1,
        long number => number + 1,
        double number => number + 1,
        DateTimeOffset moment => moment.AddTicks(1),
        Enum => Enum.ToObject(type, Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) + 1),
        _ => throw new NotSupportedException(type.Name),
    };

    private static object Empty(Type element) => element == typeof(StepSnapshot) ? ImmutableArray<StepSnapshot>.Empty
        : element == typeof(ExecutionFile) ? ImmutableArray<ExecutionFile>.Empty : ImmutableArray<string>.Empty;

    private static object Single(Type element, object value) => element == typeof(StepSnapshot) ? ImmutableArray.Create((StepSnapshot)value)
        : element == typeof(ExecutionFile) ? ImmutableArray.Create((ExecutionFile)value) : ImmutableArray.Create((string)value);
}
