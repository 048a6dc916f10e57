using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace Vigil;

/// <summary>
/// One execution, by its id. A handle has no state of its own except what it last saw, so it can be made again from the id in any process. Methods throw
/// what the method of the same name of <see cref="IVigilClient"/> throws.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="id">The execution's id.</param>
/// <param name="seen">The execution as the client has just seen it; null if it has not.</param>
/// <param name="time">The clock of the pauses between two attempts; null for the system's.</param>
public sealed class ExecutionHandle(IVigilClient client, string id, Execution? seen = null, TimeProvider? time = null)
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    // No wait without news is over sooner, unless what waits is about to stop.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Gets the execution's id.</summary>
    public string Id { get; } = id;

    /// <summary>Gets the execution as this handle last saw it; null before the first answer.</summary>
    public Execution? LastSeen { get; private set; } = seen;

    /// <summary>Returns the execution.</summary>
    public async Task<Execution> GetAsync(CancellationToken cancellationToken = default) => Saw(await client.GetAsync(Id, cancellationToken));

    /// <summary>
    /// Waits until the execution has ended, however long that takes: it continues by itself when a silo, the network or this program's connection fails.
    /// Cancelling ends the wait; the execution goes on.
    /// </summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<Execution> WaitAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var execution = await PollAsync(sinceVersion: null, cancellationToken);
            if (execution.Terminal)
            {
                return execution;
            }
        }
    }

    /// <summary>
    /// Yields the execution as it is and then again after changes, until it has ended. Versions increase; a slow reader misses some, never the last.
    /// It continues by itself over failures, like <see cref="WaitAsync"/>.
    /// </summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async IAsyncEnumerable<Execution> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var version = 0L; ;)
        {
            var execution = await PollAsync(version, cancellationToken);
            if (execution.Version > version)
            {
                version = execution.Version;
                yield return execution;
            }

            if (execution.Terminal)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// Yields its events, each once and in order, until it has ended. Unlike <see cref="WatchAsync"/>, a slow reader misses none; see
    /// <see cref="IVigilClient.ObserveAsync(string, long, CancellationToken)"/>.
    /// </summary>
    /// <param name="afterVersion">The version of the last event that the caller has seen; 0 for none.</param>
    /// <param name="cancellationToken">Ends the observation; the execution goes on.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="EventsMissedException">Events after that version are not kept.</exception>
    public IAsyncEnumerable<ExecutionEvent> ObserveAsync(long afterVersion = 0, CancellationToken cancellationToken = default) =>
        client.ObserveAsync(Id, afterVersion, cancellationToken);

    /// <summary>Waits until the execution has succeeded and returns its output.</summary>
    /// <typeparam name="T">The type to read the output as. Member names are matched without regard to case.</typeparam>
    /// <param name="options">How the output is read; null for the defaults of the web.</param>
    /// <param name="cancellationToken">Cancels the wait; the execution goes on.</param>
    /// <exception cref="ExecutionFailedException">It ended otherwise; the exception says how and why.</exception>
    /// <exception cref="ExecutionOutputException">It succeeded, but its output is missing, truncated, or not such a value.</exception>
    public async Task<T> GetResultAsync<T>(JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        Read(await WaitAsync(cancellationToken), output => JsonSerializer.Deserialize<T>(output, options ?? JsonSerializerOptions.Web));

    /// <summary>Waits until the execution has succeeded and returns its output, read with the defaults of the web.</summary>
    /// <typeparam name="T">The type to read the output as. Member names are matched without regard to case.</typeparam>
    /// <param name="cancellationToken">Cancels the wait; the execution goes on.</param>
    /// <exception cref="ExecutionFailedException">It ended otherwise; the exception says how and why.</exception>
    /// <exception cref="ExecutionOutputException">It succeeded, but its output is missing, truncated, or not such a value.</exception>
    public Task<T> GetResultAsync<T>(CancellationToken cancellationToken) => GetResultAsync<T>(options: null, cancellationToken);

    /// <summary>Waits until the execution has succeeded and returns its output, read without reflection.</summary>
    /// <typeparam name="T">The type to read the output as.</typeparam>
    /// <param name="type">How the output is read.</param>
    /// <param name="cancellationToken">Cancels the wait; the execution goes on.</param>
    /// <exception cref="ExecutionFailedException">It ended otherwise; the exception says how and why.</exception>
    /// <exception cref="ExecutionOutputException">It succeeded, but its output is missing, truncated, or not such a value.</exception>
    public async Task<T> GetResultAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        Read(await WaitAsync(cancellationToken), output => JsonSerializer.Deserialize(output, type));

    /// <summary>Yields the execution's steps in full, in the platform's order.</summary>
    public async IAsyncEnumerable<Step> StepsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await client.ListStepsAsync(Id, StepList.MaxPageSize, cursor, cancellationToken);
            foreach (var step in page.Items)
            {
                yield return step;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Yields the files that the execution wrote, in the order of its steps.</summary>
    public async IAsyncEnumerable<ExecutionFile> FilesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var step in StepsAsync(cancellationToken))
        {
            foreach (var file in step.Files)
            {
                yield return file;
            }
        }
    }

    /// <summary>Opens one of its files. The caller must dispose it.</summary>
    public Task<OpenFile> OpenFileAsync(string fileId, string? range = null, CancellationToken cancellationToken = default) =>
        client.OpenFileAsync(Id, fileId, range, cancellationToken);

    /// <summary>Requests cancellation; the outcome is what the platform then reports.</summary>
    public async Task<Execution> CancelAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        Saw(await client.CancelAsync(Id, reason, cancellationToken));

    /// <summary>Stops watching.</summary>
    public async Task<Execution> AbandonAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        Saw(await client.AbandonAsync(Id, reason, cancellationToken));

    /// <summary>Asks the platform to run the finished execution again, as its next attempt.</summary>
    public async Task<Execution> RetryAsync(CancellationToken cancellationToken = default) => Saw(await client.RetryAsync(Id, cancellationToken));

    /// <summary>Hints that polling it now is worthwhile.</summary>
    public async Task<Execution> NudgeAsync(CancellationToken cancellationToken = default) => Saw(await client.NudgeAsync(Id, cancellationToken));

    /// <inheritdoc />
    public override string ToString() => LastSeen is { } execution ? $"{Id} ({execution.Status})" : Id;

    private async Task<Execution> PollAsync(long? sinceVersion, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                var askedAt = _time.GetTimestamp();
                var execution = Saw(await client.WaitAsync(Id, RequestLimits.MaxWait, sinceVersion, cancellationToken));
                if (execution.Terminal || (sinceVersion is { } version && execution.Version != version) || _time.GetElapsedTime(askedAt) >= ShortWait)
                {
                    return execution;
                }

                // What is about to stop answers at once, and would be asked again and again until it has stopped.
            }
            catch (VigilUnavailableException)
            {
                // A wait outlasts the failure of what it waits on; each attempt has a limit of its own.
            }

            await Task.Delay(Retries.Delay(failures, Random.Shared), _time, cancellationToken);
        }
    }

    private Execution Saw(Execution execution)
    {
        LastSeen = execution;
        return execution;
    }

    private static T Read<T>(Execution execution, Func<string, T?> read)
    {
        if (execution.Status != ExecutionStatus.Succeeded)
        {
            throw new ExecutionFailedException(execution);
        }

        if (execution.OutputTruncated)
        {
            throw new ExecutionOutputException(execution.Id, $"the output is longer than Vigil keeps and was truncated; its first part is in {nameof(Execution)}.{nameof(Execution.Output)}");
        }

        try
        {
            return execution.Output is { } output && read(output) is { } result
                ? result
                : throw new ExecutionOutputException(execution.Id, "there is no output");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ExecutionOutputException(execution.Id, $"the output cannot be read as {NameOf(typeof(T))}, and {nameof(LastSeen)} has it as text: {e.Message}", e);
        }
    }

    // As C# writes it.
    private static string NameOf(Type type) => type switch
    {
        { IsArray: true } => $"{NameOf(type.GetElementType()!)}[]",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>",
        _ => type.Name,
    };
}
