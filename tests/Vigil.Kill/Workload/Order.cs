namespace Vigil.Kill;

/// <summary>One execution that the workload asks for, and what became of the asking.</summary>
internal sealed class Order
{
    private static readonly (string Platform, string Kind)[] Kinds =
        [("agentic", "flow"), ("gloriamundo", "workflow"), ("moderately", "agent"), ("manifest", "workflow"), ("cognite", "workflow")];

    public required string Key { get; init; }

    /// <summary>Gets its number, which makes its results its own.</summary>
    public required int Number { get; init; }

    public required string Platform { get; init; }

    public required TargetKind TargetKind { get; init; }

    /// <summary>Gets the target's id, which no other order has.</summary>
    public string Target => $"order-{Number}";

    /// <summary>Gets the platform's kind of target.</summary>
    public string Kind => Kinds.First(kind => kind.Platform == Platform).Kind;

    /// <summary>Gets the target's version, where the platform has one.</summary>
    public string? Version => Platform == "cognite" ? "1" : null;

    public int DeadlineSeconds { get; init; } = 600;

    public bool CancelOnAbandon { get; init; }

    public FollowUp FollowUp { get; init; }

    /// <summary>Gets a value indicating whether a caller waits for its end.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Gets a value indicating whether its run takes its own time where others are quickened.</summary>
    public bool IsSlow { get; init; }

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

    /// <summary>Gets a value indicating whether somebody asked for its run to be cancelled, or would have it cancelled when it is abandoned.</summary>
    public bool MayBeCancelled => (FollowUp == FollowUp.Cancel && FollowUpSent) || CancelOnAbandon;

    public override string ToString() => $"{Key} ({Platform} {TargetKind}, deadline {DeadlineSeconds} s, {FollowUp})";

    /// <summary>Makes one that succeeds and that nobody meddles with; the platforms take turns.</summary>
    public static Order Plain(int number) => new()
    {
        Key = $"plain-{number}",
        Number = number,
        Platform = Kinds[number % Kinds.Length].Platform,
        TargetKind = TargetKind.Succeeds,
    };

    public static Order Make(Random random, int number)
    {
        var platform = Kinds[random.Next(Kinds.Length)].Platform;
        var target = Targets.Draw(random, platform);
        return new()
        {
            Key = $"kill-{number}-{random.Next():x8}",
            Number = number,
            Platform = platform,
            TargetKind = target,

            // A slow run must end by a deadline or a follow-up, or it would outlast the trial.
            DeadlineSeconds = target == TargetKind.Slow ? random.Next(8, 30) : 600,
            CancelOnAbandon = random.Next(2) == 0,
            IsAwaited = random.Next(3) == 0,
            FollowUp = random.Next(6) switch
            {
                0 => FollowUp.Cancel,
                1 => FollowUp.Abandon,
                _ when target == TargetKind.Fails && platform == "cognite" => FollowUp.Retry,
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
