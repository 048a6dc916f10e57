using System.Collections.Frozen;

namespace Vigil.Platforms;

/// <summary>How a platform describes a run in its responses, and what is the same for every platform in reading such a description.</summary>
/// <param name="Words">The platform's status words.</param>
/// <param name="IdOf">Reads the run's id.</param>
/// <param name="Read">Reads the run's state: completes a snapshot that already has the status and the clock difference.</param>
internal sealed record RunFormat(StatusWords<ExecutionStatus> Words, Func<JsonView, string?> IdOf, Func<JsonView, Snapshot, Snapshot> Read)
{
    public const int MaxReason = 8_000;

    private const int MaxRawBytes = 1024 * 1024;
    private const int MaxDetailsBytes = 256 * 1024;

    public string Noun { get; init; } = "run";

    public string StatusKey { get; init; } = "status";

    public StringComparison IdComparison { get; init; } = StringComparison.OrdinalIgnoreCase;

    /// <summary>Gets what only this platform tells about a run; it is read once the run has ended.</summary>
    public RunDetails Details { get; init; } = RunDetails.None;

    /// <summary>Gets the HTTP statuses of a status request that mean that the run does not exist.</summary>
    public IReadOnlyList<int> NotFoundStatuses { get; init; } = [404];

    public async Task<PollAnswer> PollAsync(RemoteRun run, Func<Task<PlatformResponse>> request)
    {
        if (!RemotePath.IsValidId(run.RemoteId))
        {
            return new PollAnswer.NotFound();
        }

        try
        {
            using var response = await request();
            return ReadStatus(response, response.Json(), run);
        }
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Final, StatusCode: { } status } && NotFoundStatuses.Contains(status))
        {
            return new PollAnswer.NotFound();
        }
    }

    /// <summary>Reads the part of a response that describes a run, unless it still has the known hash.</summary>
    public PollAnswer ReadChanged(PlatformResponse response, JsonView body, RemoteRun run, ulong known)
    {
        var hash = body.Hash();
        return hash == known ? PollAnswer.Unchanged.Instance : ReadStatus(response, body, run, hash);
    }

    /// <summary>Reads the part of a response that describes a run that was just started.</summary>
    public Submitted ReadStarted(PlatformResponse response, JsonView body) =>
        IdOf(body) is { } id && RemotePath.IsValidId(id) ? new Submitted(id, SnapshotOf(body)) : throw response.Unusable($"it has no {Noun} id");

    /// <summary>Reads the runs of a list, skipping those without an id or a status; the caller polls them one by one.</summary>
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

    private PollAnswer ReadStatus(PlatformResponse response, JsonView body, RemoteRun run, ulong hash = 0)
    {
        if (!string.Equals(IdOf(body), run.RemoteId, IdComparison))
        {
            return new PollAnswer.Unusable(response.Unusable($"it describes another {Noun}").Error);
        }

        return SnapshotOf(body) is { } snapshot ? new PollAnswer.Seen(snapshot, hash) : new PollAnswer.Unusable(response.Unusable("it has no status").Error);
    }

    private Snapshot? SnapshotOf(JsonView body) => body[StatusKey].Text() is { } word
        ? WithRaw(body, Read(body, new() { Status = Words.Read(word, out var isUnknown), RawStatus = word, UnknownStatus = isUnknown, ClockAhead = body.ClockAhead }))
        : null;

    // While a run is running, nearly every answer is followed by another one.
    private Snapshot WithRaw(JsonView body, Snapshot snapshot) => !snapshot.Status.IsTerminal() ? snapshot : snapshot with
    {
        Raw = body.Source(MaxRawBytes, out var cut),
        RawTruncated = cut,
        Details = Details.Read(body, MaxDetailsBytes),
    };
}

/// <summary>A platform's status words, ignoring case. A word that is not in the table has the status <paramref name="unknown"/>, which must not be terminal.</summary>
internal sealed class StatusWords<TStatus>(TStatus unknown, params (string Word, TStatus Status)[] words)
    where TStatus : struct, Enum
{
    private readonly FrozenDictionary<string, TStatus> _words =
        words.ToFrozenDictionary(pair => pair.Word, pair => pair.Status, StringComparer.OrdinalIgnoreCase);

    public TStatus Read(string word, out bool isUnknown)
    {
        isUnknown = !_words.TryGetValue(word, out var status);
        return isUnknown ? unknown : status;
    }

    public TStatus Read(string word) => Read(word, out _);
}
