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

    public required FollowUp FollowUp { get; init; }

    /// <summary>Gets or sets when it was requested.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>Gets or sets a value indicating whether a silo has confirmed the start; from then on it is a promise.</summary>
    public bool Accepted { get; set; }

    /// <summary>Gets or sets a value indicating whether the follow-up was sent, so that a silo may have handled it.</summary>
    public bool FollowUpSent { get; set; }

    /// <summary>Gets or sets a value indicating whether the follow-up was accepted.</summary>
    public bool FollowUpAccepted { get; set; }

    /// <summary>Gets or sets what went wrong with the asking itself.</summary>
    public string? Refusal { get; set; }

    public override string ToString() => $"{Key} ({Platform} {Target}, deadline {DeadlineSeconds} s, {FollowUp})";

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
            FollowUp = FollowUp.None,
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

            // A slow run must end by a deadline or a follow-up, or it would outlast the trial.
            DeadlineSeconds = isSlow ? random.Next(8, 30) : 600,
            CancelOnAbandon = random.Next(2) == 0,
            FollowUp = random.Next(6) switch
            {
                0 => FollowUp.Cancel,
                1 => FollowUp.Abandon,
                _ when target == Targets.Fails && platform == "cognite" => FollowUp.Retry,
                _ => FollowUp.None,
            },
        };
    }
}

/// <summary>What the workload does with an execution besides starting it.</summary>
internal enum FollowUp
{
    None,
    Cancel,
    Abandon,
    Retry,
}
