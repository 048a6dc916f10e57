using Microsoft.Extensions.Logging;

namespace Vigil.Hosting.Logging;

/// <summary>
/// Bounds what warnings and errors cost when many things fail for one reason: of each kind - a category and an event id - a few lines a minute are
/// written, and once a minute one line says how many more there were.
/// </summary>
internal sealed partial class LogLimit : IDisposable
{
    private const int MaxOfKind = 3;

    // Orleans and others have many kinds that speak of the same outage.
    private const int MaxOfOthers = 20;
    private const int MaxKindsNamed = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _sync = new();
    private readonly Dictionary<(string Category, int Id), (int Written, int More)> _kinds = [];
    private readonly ILogger _logger;
    private readonly ITimer _windowEnd;
    private int _others;

    public LogLimit(ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _windowEnd = time.CreateTimer(_ => EndWindow(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Returns whether a line of this kind may be written.</summary>
    public bool TryTake(string category, int id)
    {
        var isOther = !category.StartsWith("Vigil", StringComparison.Ordinal);
        lock (_sync)
        {
            if (_kinds.Count == 0)
            {
                _windowEnd.Change(Window, Timeout.InfiniteTimeSpan);
            }

            var (written, more) = _kinds.GetValueOrDefault((category, id));
            var mayWrite = written < MaxOfKind && (!isOther || _others < MaxOfOthers);
            _kinds[(category, id)] = mayWrite ? (written + 1, more) : (written, more + 1);
            _others += mayWrite && isOther ? 1 : 0;
            return mayWrite;
        }
    }

    public void Dispose() => _windowEnd.Dispose();

    private void EndWindow()
    {
        (string Kind, int Count)[] more;
        lock (_sync)
        {
            more = [.. _kinds.Where(kind => kind.Value.More > 0).Select(kind => ($"{kind.Key.Category}[{kind.Key.Id}]", kind.Value.More))];
            _kinds.Clear();
            _others = 0;
        }

        if (more.Length > 0)
        {
            var named = more.OrderByDescending(kind => kind.Count).Take(MaxKindsNamed).Select(kind => $"{kind.Count} of {kind.Kind}");
            LogMore(more.Sum(kind => kind.Count), string.Join(", ", named));
        }
    }

    [LoggerMessage(7000, LogLevel.Warning, "{Count} more warnings and errors of the last minute are not shown, because others like them are: {Kinds}")]
    private partial void LogMore(int count, string kinds);
}
