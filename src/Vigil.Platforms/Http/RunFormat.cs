namespace Vigil.Platforms;

/// <summary>How a platform describes a run in its answers. What every adapter does with such a description is here.</summary>
/// <param name="Words">The platform's status words.</param>
/// <param name="IdOf">Reads the run's id.</param>
/// <param name="Read">Reads the run's state, given its status.</param>
internal sealed record RunFormat(StatusWords<ExecutionStatus> Words, Func<JsonView, string?> IdOf, Func<JsonView, StatusWord, Snapshot> Read)
{
    /// <summary>The maximum length of the reason of a failure.</summary>
    public const int MaxReason = 8_000;

    /// <summary>Gets the platform's word for a run.</summary>
    public string Noun { get; init; } = "run";

    /// <summary>Gets the key of the status word.</summary>
    public string StatusKey { get; init; } = "status";

    /// <summary>Gets how ids are compared.</summary>
    public StringComparison IdComparison { get; init; } = StringComparison.OrdinalIgnoreCase;

    /// <summary>Gets the statuses with which the platform answers a status request for a run that it does not know.</summary>
    public IReadOnlyList<int> NotFoundStatuses { get; init; } = [404];

    /// <summary>Polls one run.</summary>
    public async Task<PollAnswer> PollAsync(RemoteRun run, Func<Task<PlatformAnswer>> request)
    {
        if (!RemotePath.CanHold(run.RemoteId))
        {
            return new PollAnswer.NotFound();
        }

        try
        {
            using var answer = await request();
            return ReadStatus(answer, answer.Json(), run);
        }
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Final, StatusCode: { } status } && NotFoundStatuses.Contains(status))
        {
            return new PollAnswer.NotFound();
        }
    }

    /// <summary>Reads the part of an answer that describes a run, unless its hash is the known one.</summary>
    public PollAnswer ReadChanged(PlatformAnswer answer, JsonView body, RemoteRun run, ulong known)
    {
        var hash = body.Hash();
        return hash == known ? PollAnswer.Unchanged.Instance : ReadStatus(answer, body, run, hash);
    }

    /// <summary>Reads the part of an answer that describes a run that has been started.</summary>
    public Submitted ReadStarted(PlatformAnswer answer, JsonView body) =>
        IdOf(body) is { } id && RemotePath.CanHold(id) ? new Submitted(id, SnapshotOf(body)) : throw answer.Unusable($"it has no {Noun} id");

    /// <summary>Reads the runs of a list that have an id and a status; the lister looks up the others.</summary>
    public ImmutableArray<KeyValuePair<string, Snapshot>> ReadActive(IEnumerable<JsonView> items)
    {
        var runs = ImmutableArray.CreateBuilder<KeyValuePair<string, Snapshot>>();
        foreach (var item in items)
        {
            if (IdOf(item) is { } id && SnapshotOf(item) is { } snapshot)
            {
                runs.Add(new(id, snapshot));
            }
        }

        return runs.ToImmutable();
    }

    private PollAnswer ReadStatus(PlatformAnswer answer, JsonView body, RemoteRun run, ulong hash = 0)
    {
        if (!string.Equals(IdOf(body), run.RemoteId, IdComparison))
        {
            return new PollAnswer.Unusable(answer.Unusable($"it is about another {Noun}").Error);
        }

        return SnapshotOf(body) is { } snapshot ? new PollAnswer.Seen(snapshot, hash) : new PollAnswer.Unusable(answer.Unusable("it has no status").Error);
    }

    private Snapshot? SnapshotOf(JsonView body) =>
        body[StatusKey].Text() is { } word ? Read(body, new(Words.Read(word, out var isUnknown), word, isUnknown)) : null;
}

/// <summary>A status word and its meaning.</summary>
/// <param name="Value">The status.</param>
/// <param name="Text">The platform's word.</param>
/// <param name="IsUnknown">Whether Vigil does not know the word.</param>
internal readonly record struct StatusWord(ExecutionStatus Value, string Text, bool IsUnknown);
