namespace Vigil.Kill;

/// <summary>One execution that the workload asks for, and what became of the asking.</summary>
internal sealed class Order
{
    public required string Key { get; init; }

    public required string Platform { get; init; }

    public required string Kind { get; init; }

    public required string Target { get; init; }

    public required int DeadlineSeconds { get; init; }

    public required bool CancelOnAbandon { get; init; }

    public required Wish Wish { get; init; }

    /// <summary>Gets or sets a value indicating whether a silo has answered that it is accepted: from then on it is a promise.</summary>
    public bool Accepted { get; set; }

    /// <summary>Gets or sets a value indicating whether the wish was accepted.</summary>
    public bool WishAccepted { get; set; }

    /// <summary>Gets or sets what went wrong with the asking itself.</summary>
    public string? Refusal { get; set; }

    public override string ToString() => $"{Key} ({Platform} {Target}, deadline {DeadlineSeconds} s, {Wish})";

    public static Order Make(Random random, int number)
    {
        var agentic = random.Next(2) == 0;
        var slow = random.Next(4) == 0;
        return new()
        {
            Key = $"kill-{number}-{random.Next():x8}",
            Platform = agentic ? "agentic" : "gloriamundo",
            Kind = agentic ? "flow" : "workflow",
            Target = slow ? "slow-10m" : random.Next(3) == 0 ? "fail-5s" : "ok-5s",

            // What is slow must end by a deadline or a wish, or the run would not end with the test.
            DeadlineSeconds = slow ? random.Next(8, 30) : 600,
            CancelOnAbandon = random.Next(2) == 0,
            Wish = (Wish)random.Next(6) is var wish and (Wish.Cancel or Wish.Abandon) ? wish : Wish.None,
        };
    }
}

/// <summary>What the workload does with an execution beside starting it.</summary>
internal enum Wish
{
    None,
    Cancel,
    Abandon,
}
