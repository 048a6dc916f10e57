using System.Collections.Frozen;

namespace Vigil.Platforms;

/// <summary>How a platform describes a run in its responses, and what is the same for every platform in reading such a description.</summary>
/// <param name="Words">The platform's status words.</param>
/// <param name="IdOf">Reads the run's id.</param>
/// <param name="Read">Reads the run's state: completes a snapshot that already has the status and the clock difference.</param>
public sealed record RunFormat(StatusWords<ExecutionStatus> Words, Func<JsonView, string?> IdOf, Func<JsonView, Snapshot, Snapshot> Read)
{
    /// <summary>The length to which the text of a failure is cut.</summary>
    public const int MaxReason = 8_000;

    private const int MaxRawBytes = 1024 * 1024;
    private const int MaxDetailsBytes = 256 * 1024;

    /// <summary>Gets the platform's word for a run, for error messages. Default: <c>run</c>.</summary>
    public string Noun { get; init; } = "run";

    /// <summary>Gets the key of the status. Default: <c>status</c>.</summary>
    public string StatusKey { get; init; } = "status";

    // An end this much before the start is still believed: the two may be rounded differently.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    // An end this much later than the answer that tells it is still believed: the clocks may differ. A later one was planned, or is in another time zone.
    private static readonly TimeSpan MaxEndAhead = TimeSpan.FromMinutes(5);

    /// <summary>Gets what only this platform tells about a run; it is read once the run has ended.</summary>
    public RunDetails Details { get; init; } = RunDetails.None;

    /// <summary>
    /// Returns whether the end time in an answer belongs to the run as it stands. A status that is not known may be an end; the end time is the only sign of it,
    /// by which the execution gets attention.
    /// </summary>
    public static bool MayHaveEnded(Snapshot snapshot) => snapshot.UnknownStatus || snapshot.Status.IsTerminal();

    /// <summary>Polls one run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">Sends the status request.</param>
    /// <param name="acceptsOthers">
    /// For a platform that returns 400 for ids that it does not know, returns whether it accepts other requests, which a bad request in general is not.
    /// </param>
    public async Task<PollAnswer> PollAsync(RemoteRun run, Func<Task<PlatformResponse>> request, Func<Task<bool>>? acceptsOthers = null)
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
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Final, StatusCode: not null })
        {
            return e.Error.StatusCode is 404 or 410 || (e.Error.StatusCode == 400 && acceptsOthers is not null && await acceptsOthers())
                ? new PollAnswer.NotFound()
                : throw new PlatformException(PlatformErrors.OfPoll(e.Error), e);
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
        IdOf(body) is { } id && RemotePath.IsValidId(id) ? new Submitted(id, SnapshotOf(body)) : throw response.Unusable($"it has no {Noun} id", body);

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
        // Ids come back in another letter case from platforms that store them so.
        if (!string.Equals(IdOf(body), run.RemoteId.Trim(), StringComparison.OrdinalIgnoreCase))
        {
            return new PollAnswer.Unusable(response.Unusable($"it describes another {Noun}", body).Error);
        }

        return SnapshotOf(body) is { } snapshot ? new PollAnswer.Seen(snapshot, hash) : new PollAnswer.Unusable(response.Unusable("it has no status", body).Error);
    }

    private Snapshot? SnapshotOf(JsonView body) => body[StatusKey].Exact() is { } word
        ? WithRaw(body, WithoutOddEnds(body.ReceivedAt + MaxEndAhead, Read(body, new()
        {
            Status = Words.Read(word, out var isUnknown),
            RawStatus = PlainText.Of(word),
            UnknownStatus = isUnknown,
            ClockAhead = body.ClockAhead,
        })))
        : null;

    // An end before the start, or in the future, stands for none, like a time of no sensible year.
    private static Snapshot WithoutOddEnds(DateTimeOffset? latest, Snapshot snapshot)
    {
        return snapshot with
        {
            EndedAt = IsOdd(snapshot.EndedAt, snapshot.StartedAt) ? null : snapshot.EndedAt,
            Steps = snapshot.Steps.Any(step => IsOdd(step.EndedAt, step.StartedAt))
                ? [.. snapshot.Steps.Select(step => IsOdd(step.EndedAt, step.StartedAt) ? step with { EndedAt = null } : step)]
                : snapshot.Steps,
        };

        bool IsOdd(DateTimeOffset? end, DateTimeOffset? start) => end < start - Rounding || end > latest;
    }

    // While a run is running, nearly every answer is followed by another one.
    private Snapshot WithRaw(JsonView body, Snapshot snapshot) => !snapshot.Status.IsTerminal() ? snapshot : snapshot with
    {
        Raw = body.Source(MaxRawBytes, out var cut),
        RawTruncated = cut,
        Details = Details.Read(body, MaxDetailsBytes),
    };
}

/// <summary>
/// A platform's status words, compared without letter case, spaces, hidden characters, <c>_</c> and <c>-</c>, and with one or two L in "cancelled". A word that
/// is not in the table has the status <paramref name="unknown"/>, which must not be terminal.
/// </summary>
/// <typeparam name="TStatus">What the words stand for, such as <see cref="ExecutionStatus"/>.</typeparam>
/// <param name="unknown">The status of any other word.</param>
/// <param name="words">The words, each with what it stands for.</param>
public sealed class StatusWords<TStatus>(TStatus unknown, params (string Word, TStatus Status)[] words)
    where TStatus : struct, Enum
{
    private readonly FrozenDictionary<string, TStatus> _words =
        words.ToFrozenDictionary(pair => KeyOf(pair.Word), pair => pair.Status, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns what a word stands for, and whether it is not in the table.</summary>
    public TStatus Read(string word, out bool isUnknown)
    {
        // Most words are their own keys.
        isUnknown = !_words.TryGetValue(word, out var status) && !_words.TryGetValue(KeyOf(word), out status);
        return isUnknown ? unknown : status;
    }

    /// <summary>Returns what a word stands for.</summary>
    public TStatus Read(string word) => Read(word, out _);

    /// <summary>Returns the platform's own words for these statuses, sorted.</summary>
    public string[] WordsOf(ImmutableArray<TStatus> statuses) =>
        [.. words.Where(pair => statuses.Contains(pair.Status)).Select(pair => pair.Word).Order(StringComparer.Ordinal)];

    private static string KeyOf(string word) =>
        string.Concat(word.Where(c => c is not ('_' or '-') && !char.IsWhiteSpace(c) && !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format)).Replace("cancell", "cancel", StringComparison.OrdinalIgnoreCase);
}
