namespace Vigil.Grains.Polling.Timing;

/// <summary>An item of a <see cref="Schedule"/>. A base class rather than a wrapper, because there are 100,000 of them.</summary>
internal abstract class Scheduled
{
    /// <summary>Gets or sets the due time by the monotonic clock.</summary>
    public TimeSpan Due { get; set; }

    public Lane Lane { get; set; } = Lane.Background;

    /// <summary>Gets or sets the index in its lane's heap; negative while it is not scheduled.</summary>
    public int Slot { get; set; } = -1;

    public bool IsWaiting => Slot >= 0;
}

/// <summary>The order in which requests are sent when the budget is short.</summary>
internal enum Lane
{
    /// <summary>A one-off request, such as a cancellation or a full answer.</summary>
    OneOff = 0,

    /// <summary>A poll caused by a hint or a waiting client.</summary>
    Interactive = 1,

    /// <summary>A poll of a run whose deadline is near.</summary>
    DeadlineNear = 2,

    /// <summary>All other polls; they always get at least a fifth of the turns.</summary>
    Background = 3,
}
