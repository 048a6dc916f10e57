using System.Collections.Concurrent;

namespace Vigil.Kill;

/// <summary>What was done to whom and when, by the trial's own clock. It explains delays; a wrong result is explained only by what hit its own silo.</summary>
internal sealed class HurtLog(TimeProvider time)
{
    private readonly ConcurrentQueue<Hurt> _hurts = new();

    public IReadOnlyList<Hurt> All => [.. _hurts];

    /// <summary>Records a hurt that begins now; disposing what is returned ends it.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="silo">The silo; null if all are hurt.</param>
    /// <param name="detail">What it concerns, such as a platform.</param>
    public IDisposable Begin(HurtKind kind, int? silo = null, string? detail = null)
    {
        var hurt = new Hurt(kind, silo, detail, time.GetUtcNow());
        _hurts.Enqueue(hurt);
        return new Ending(hurt, time);
    }

    /// <summary>Records what takes no time.</summary>
    public void Add(HurtKind kind, int? silo = null, string? detail = null) => Begin(kind, silo, detail).Dispose();

    /// <summary>Returns the hurts that overlap a period.</summary>
    public IEnumerable<Hurt> Between(DateTimeOffset from, DateTimeOffset to) => _hurts.Where(hurt => hurt.From <= to && hurt.To >= from);

    /// <summary>Returns those that hurt the silos or their store; how a platform fails is no reason for them to fail at anything else.</summary>
    public IEnumerable<Hurt> OwnBetween(DateTimeOffset from, DateTimeOffset to) => Between(from, to).Where(hurt => !hurt.IsPlatforms);

    /// <summary>Returns how much later something between two moments may happen because of hurts, with what comes after each of them.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The second moment.</param>
    /// <param name="aftermath">How long after a hurt it may still have effects.</param>
    /// <param name="platform">The platform that has a part in it; null if none has.</param>
    public TimeSpan Delay(DateTimeOffset from, DateTimeOffset to, TimeSpan aftermath, string? platform = null)
    {
        var total = TimeSpan.Zero;
        var until = from;
        foreach (var hurt in Between(from - aftermath, to).Where(hurt => !hurt.IsPlatforms || hurt.Detail == platform).OrderBy(hurt => hurt.From))
        {
            var (begin, end) = (hurt.From > until ? hurt.From : until, hurt.To + aftermath < to ? hurt.To + aftermath : to);
            if (end > begin)
            {
                (total, until) = (total + (end - begin), end);
            }
        }

        return total;
    }

    private sealed class Ending(Hurt hurt, TimeProvider time) : IDisposable
    {
        public void Dispose() => hurt.EndedAt ??= time.GetUtcNow();
    }
}

/// <summary>One hurt.</summary>
internal sealed class Hurt(HurtKind kind, int? silo, string? detail, DateTimeOffset from)
{
    public HurtKind Kind => kind;

    public int? Silo => silo;

    public string? Detail => detail;

    public DateTimeOffset From => from;

    /// <summary>Gets or sets when it ended; null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public DateTimeOffset To => EndedAt ?? DateTimeOffset.MaxValue;

    public bool IsPlatforms => kind is HurtKind.PlatformSilent or HurtKind.TokensExpired;

    public bool Hits(int other) => silo is null || silo == other;

    public override string ToString() => $"{kind}{(silo is { } number ? $" of silo {number}" : "")}{(detail is null ? "" : $" ({detail})")} {from:HH:mm:ss.f}-{EndedAt:HH:mm:ss.f}";
}

/// <summary>The kinds of hurt.</summary>
internal enum HurtKind
{
    /// <summary>The process was killed, until it is up again. At its beginning the process is dead.</summary>
    Killed,

    /// <summary>The process exited because the others had declared it dead, until it is up again.</summary>
    DeclaredDead,

    /// <summary>The process was told to stop; until it has exited.</summary>
    Stopping,

    /// <summary>The process has stopped as it was told, until it is up again.</summary>
    Stopped,

    /// <summary>The process exited although nothing had been done to it, until it is up again.</summary>
    Crashed,

    /// <summary>The process was frozen.</summary>
    Frozen,

    /// <summary>The process cannot reach the other silos.</summary>
    Partitioned,

    /// <summary>The process's clock was set.</summary>
    ClockSet,

    /// <summary>The store takes no writes.</summary>
    StoreDown,

    /// <summary>The store failed for a moment.</summary>
    StoreStumbled,

    /// <summary>A platform takes requests and does not answer them.</summary>
    PlatformSilent,

    /// <summary>A platform refuses the credential.</summary>
    TokensExpired,
}
