namespace Vigil.Kill;

/// <summary>One execution that the workload asks for, and what became of the asking.</summary>
internal sealed class Order
{
    private static readonly (string Platform, string Kind)[] Kinds =
        [("agentic", "flow"), ("gloriamundo", "workflow"), ("moderately", "agent"), ("manifest", "workflow"), ("cognite", "workflow")];

    public required string Key { get; init; }

    public required string Platform { get; init; }

    public required string Kind { get; init; }

    public required string Target { get; init; }

    /// <summary>Gets the target's version, where the platform has one.</summary>
    public string? Version => Platform == "cognite" ? "1" : null;

    public required int DeadlineSeconds { get; init; }

    public required bool CancelOnAbandon { get; init; }

    public required Wish Wish { get; init; }

    /// <summary>Gets or sets when it was asked for.</summary>
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>Gets or sets a value indicating whether a silo has answered that it is accepted: from then on it is a promise.</summary>
    public bool Accepted { get; set; }

    /// <summary>Gets or sets a value indicating whether the wish was expressed, so that a silo may have taken it.</summary>
    public bool Wished { get; set; }

    /// <summary>Gets or sets a value indicating whether the wish was accepted.</summary>
    public bool WishAccepted { get; set; }

    /// <summary>Gets or sets what went wrong with the asking itself.</summary>
    public string? Refusal { get; set; }

    public override string ToString() => $"{Key} ({Platform} {Target}, deadline {DeadlineSeconds} s, {Wish})";

    /// <summary>Makes one that succeeds and that nobody meddles with; the platforms take turns.</summary>
    public static Order Plain(int number)
    {
        var (platform, kind) = Kinds[number % Kinds.Length];
        return new()
        {
            Key = $"plain-{number}",
            Platform = platform,
            Kind = kind,
            Target = Targets.Succeeds,
            DeadlineSeconds = 600,
            CancelOnAbandon = false,
            Wish = Wish.None,
        };
    }

    public static Order Make(Random random, int number)
    {
        var (platform, kind) = Kinds[random.Next(Kinds.Length)];
        var target = Targets.Draw(random, platform);
        var isSlow = target == Targets.Slow;
        return new()
        {
            Key = $"kill-{number}-{random.Next():x8}",
            Platform = platform,
            Kind = kind,
            Target = target,

            // What is slow must end by a deadline or a wish, or the run would not end with the trial.
            DeadlineSeconds = isSlow ? random.Next(8, 30) : 600,
            CancelOnAbandon = random.Next(2) == 0,
            Wish = random.Next(6) switch
            {
                0 => Wish.Cancel,
                1 => Wish.Abandon,
                _ when target == Targets.Fails && platform == "cognite" => Wish.Retry,
                _ => Wish.None,
            },
        };
    }
}

/// <summary>What the workload does with an execution beside starting it.</summary>
internal enum Wish
{
    None,
    Cancel,
    Abandon,
    Retry,
}
