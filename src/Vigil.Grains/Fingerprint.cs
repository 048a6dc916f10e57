using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Vigil.Grains;

/// <summary>
/// Hashes what a platform told, so that the answer before need not be kept to see a change. 64 bits: a change that is missed could be an end.
/// </summary>
internal readonly struct Fingerprint
{
    // The hash's state is half a kilobyte, and the poller takes fifty thousand fingerprints a second.
    [ThreadStatic]
    private static XxHash3? _reused;

    private readonly XxHash3 _hash;

    private Fingerprint(XxHash3 hash) => _hash = hash;

    /// <summary>Returns the fingerprint of an answer; never zero, which stands for none.</summary>
    public static ulong Of(Snapshot snapshot, int attempt)
    {
        var print = Begin();
        print.Add(attempt);
        print.Add((int)snapshot.Status);
        print.Add(snapshot.RawStatus);
        print.Add(snapshot.Partial ? 1 : 0);
        print.Add(snapshot.Progress);
        print.Add(snapshot.Failure);
        print.Add(snapshot.Output);
        print.Add(snapshot.Usage?.Tokens);
        print.Add(snapshot.Usage?.CostCents);
        print.Add(snapshot.StartedAt);
        print.Add(snapshot.EndedAt);
        print.Add(snapshot.Target?.Kind);
        print.Add(snapshot.Target?.Id);
        print.Add(snapshot.Target?.Version);
        print.Add(snapshot.Steps);
        return Math.Max(1, print._hash.GetCurrentHashAsUInt64());
    }

    /// <summary>Returns the fingerprint of a step.</summary>
    public static ulong Of(StepSnapshot step)
    {
        var print = Begin();
        print.Add(step);
        return print._hash.GetCurrentHashAsUInt64();
    }

    private static Fingerprint Begin()
    {
        var hash = _reused ??= new XxHash3();
        hash.Reset();
        return new(hash);
    }

    private void Add(ImmutableArray<StepSnapshot> steps)
    {
        Add(steps.Length);
        foreach (var step in steps)
        {
            Add(step);
        }
    }

    private void Add(StepSnapshot step)
    {
        Add(step.Id);
        Add(step.Name);
        Add(step.Kind);
        Add((int)step.Status);
        Add(step.RawStatus);
        Add(step.Failure);
        Add(step.Input);
        Add(step.Output);
        Add(step.StartedAt);
        Add(step.EndedAt);
        Add(step.Files);
        Add(step.DependsOn.Length);
        foreach (var other in step.DependsOn)
        {
            Add(other);
        }
    }

    private void Add(ImmutableArray<ExecutionFile> files)
    {
        Add(files.Length);
        foreach (var file in files)
        {
            Add(file.Id);
            Add(file.Name);
            Add(file.Path);
            Add(file.SizeBytes ?? -1);
            Add(file.StepId);
            Add(file.CreatedAt);
        }
    }

    private void Add(ExecutionProgress? progress)
    {
        Add(progress?.Current ?? -1);
        Add(progress?.Total ?? -1);
        Add(progress?.Percentage);
        Add(progress?.Name);
    }

    private void Add(ExecutionFailure? failure)
    {
        Add(failure?.Reason);
        Add(failure?.Detail);
    }

    private void Add(DateTimeOffset? moment) => Add(moment?.UtcTicks ?? -1);

    private void Add(double? number) => Add(number is { } value ? BitConverter.DoubleToInt64Bits(value) : -1);

    private void Add(string? text)
    {
        // The length keeps "ab","c" and "a","bc" apart, and null from empty.
        Add(text?.Length ?? -1);
        _hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void Add(long value) => _hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));
}
