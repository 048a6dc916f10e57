using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Vigil.Grains.Polling;

/// <summary>
/// Hashes what a snapshot says, so that the answer before need not be kept to see a change. 64 bits: a change that is missed could be an end.
/// </summary>
internal struct Fingerprint
{
    private const ulong Seed = 0x243F6A8885A308D3;
    private const ulong Spread = 0x9E3779B97F4A7C15;
    private const ulong Stir = 0xD6E8FEB86659FD93;

    private ulong _hash;

    /// <summary>Returns the fingerprint of an answer; never zero, which stands for none.</summary>
    public static ulong Of(Snapshot snapshot, int attempt)
    {
        var print = new Fingerprint { _hash = Seed };
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
        return Math.Max(1, print._hash ^ (print._hash >> 32));
    }

    private void Add(ImmutableArray<StepSnapshot> steps)
    {
        Add(steps.Length);
        foreach (var step in steps)
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
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        while (bytes.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        long rest = 0;
        foreach (var value in bytes)
        {
            rest = (rest << 8) | value;
        }

        Add(rest);
    }

    private void Add(long value)
    {
        _hash = BitOperations.RotateLeft(_hash ^ ((ulong)value * Spread), 29) * Stir;
        _hash ^= _hash >> 31;
    }
}
