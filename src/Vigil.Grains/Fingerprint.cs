using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Vigil.Grains;

/// <summary>
/// Hashes a platform's answer, so that a change is detected without keeping the previous answer. 64 bits make a collision, which could hide the end of a
/// run, negligible.
/// </summary>
internal readonly struct Fingerprint
{
    // Reused because its state takes half a kilobyte, and the poller computes fifty thousand fingerprints a second.
    [ThreadStatic]
    private static XxHash3? _reused;

    private readonly XxHash3 _hash;

    private Fingerprint(XxHash3 hash) => _hash = hash;

    /// <summary>Returns the fingerprint of an answer; never zero, which means no fingerprint.</summary>
    public static ulong Of(Snapshot snapshot, int attempt)
    {
        var fingerprint = Begin();
        fingerprint.Add(attempt);
        fingerprint.Add((int)snapshot.Status);
        fingerprint.Add(snapshot.RawStatus);
        fingerprint.Add((snapshot.Partial ? 1 : 0) + (snapshot.OutputTruncated ? 2 : 0));
        fingerprint.Add(snapshot.Progress);
        fingerprint.Add(snapshot.Failure);
        fingerprint.Add(snapshot.Output);
        fingerprint.Add(snapshot.Usage?.Tokens);
        fingerprint.Add(snapshot.Usage?.CostCents);
        fingerprint.Add(snapshot.StartedAt);
        fingerprint.Add(snapshot.EndedAt);
        fingerprint.Add(snapshot.Target?.Kind);
        fingerprint.Add(snapshot.Target?.Id);
        fingerprint.Add(snapshot.Target?.Version);
        fingerprint.Add(snapshot.Steps);

        // Absent until the end, and not hashed while absent, so that it costs nothing until then. The raw answer has nothing more that matters.
        fingerprint.AddIfAny(snapshot.Details, mark: 2);
        return Math.Max(1, fingerprint._hash.GetCurrentHashAsUInt64());
    }

    public static ulong Of(StepSnapshot step)
    {
        var fingerprint = Begin();
        fingerprint.Add(step);
        return fingerprint._hash.GetCurrentHashAsUInt64();
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
        foreach (var stepId in step.DependsOn)
        {
            Add(stepId);
        }

        // Not hashed if absent, as in the fingerprints that earlier versions stored.
        AddIfAny(step.ParentId, mark: 0);
        AddIfAny(step.Details, mark: 1);
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

    // The mark distinguishes neighbours of which only one is present.
    private void AddIfAny(string? text, long mark)
    {
        if (text is not null)
        {
            Add(mark);
            Add(text);
        }
    }

    private void Add(string? text)
    {
        // The length distinguishes "ab","c" from "a","bc", and null from empty.
        Add(text?.Length ?? -1);
        _hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void Add(long value) => _hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));
}
