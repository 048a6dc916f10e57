using System.Diagnostics.CodeAnalysis;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>
/// Tracks which subjects are wanted, and decides what to subscribe and unsubscribe next. A server that has reached its limit rejects a subscription
/// without naming it. It accepts them in order of arrival, so the newest one was rejected; that one waits until there is room. What was rejected is retried
/// only on demand: first one subject, and twice as many each time that none of them was rejected.
/// </summary>
internal sealed class SubjectQueue
{
    private readonly Dictionary<string, (LinkedListNode<string> Node, int Count)> _wanted = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _waiting = new();
    private readonly LinkedList<string> _subscribed = new();
    private readonly LinkedList<string> _denied = new();
    private readonly Queue<string> _toUnsubscribe = new();
    private int _limit = int.MaxValue;

    // How many subjects the last retry added; 0 once one was rejected since.
    private int _retried;

    /// <summary>Gets a value indicating whether every wanted subject is subscribed, and none of them is only being retried.</summary>
    public bool IsComplete => Refused == 0 && !IsRetrying;

    /// <summary>Gets a value indicating whether the server has rejected nothing since the last retry.</summary>
    public bool IsRetrying => _retried > 0;

    public int Subscribed => _subscribed.Count;

    /// <summary>Gets how many wanted subjects are not subscribed; once <see cref="TryNext"/> returns none, the server has rejected them.</summary>
    public int Refused => _wanted.Count - _subscribed.Count;

    /// <summary>Adds a subject; it is wanted until it has been removed as many times as it was added.</summary>
    public void Add(string subject)
    {
        var (node, count) = _wanted.GetValueOrDefault(subject);
        _wanted[subject] = (node ?? _waiting.AddLast(subject), count + 1);
    }

    public void Remove(string subject)
    {
        var (node, count) = _wanted[subject];
        _wanted[subject] = (node, count - 1);
        if (count == 1)
        {
            _wanted.Remove(subject);
            Move(node, to: null);
        }
    }

    /// <summary>Returns the next subject to subscribe or unsubscribe. A subject to subscribe counts as subscribed from now on.</summary>
    public bool TryNext([NotNullWhen(true)] out string? subject, out bool subscribe)
    {
        subscribe = !_toUnsubscribe.TryDequeue(out subject);
        if (subscribe && _waiting.First is { } next && _subscribed.Count < _limit)
        {
            Move(next, _subscribed);
            subject = next.Value;
        }

        return subject is not null;
    }

    /// <summary>Records that the server has reached its subscription limit.</summary>
    public void ReachedLimit()
    {
        if (_subscribed.Last is { } newest)
        {
            Move(newest, _waiting);
            _limit = _subscribed.Count;
            _retried = 0;
        }
    }

    /// <summary>Records that the server denied a subject. It is retried by <see cref="Retry"/> or on the next connection.</summary>
    public void Denied(string subject)
    {
        if (_wanted.TryGetValue(subject, out var wanted) && wanted.Node.List == _subscribed)
        {
            Move(wanted.Node, _denied);
            _retried = 0;
        }
    }

    /// <summary>Retries some of the rejected subjects.</summary>
    public void Retry()
    {
        _retried = Refused == 0 ? 0 : Math.Clamp(_retried * 2, 1, Refused);
        _limit = Refused == 0 || _limit == int.MaxValue ? int.MaxValue : _subscribed.Count + _retried;
        for (var i = 0; i < _retried && _denied.First is { } denied; i++)
        {
            Move(denied, _waiting);
        }
    }

    /// <summary>Forgets the limit and denials; the next connection may not have them.</summary>
    public void Reset()
    {
        _limit = int.MaxValue;
        _retried = 0;
        while (_denied.First is { } denied)
        {
            Move(denied, _waiting);
        }
    }

    private void Move(LinkedListNode<string> node, LinkedList<string>? to)
    {
        if (node.List == _subscribed)
        {
            _toUnsubscribe.Enqueue(node.Value);
        }

        node.List!.Remove(node);
        to?.AddLast(node);
    }
}
