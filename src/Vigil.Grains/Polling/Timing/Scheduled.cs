namespace Vigil.Grains.Polling.Timing;

/// <summary>Something that waits in a <see cref="Schedule"/> for its moment. It is a base class and not a wrapper because there are 100,000 of them.</summary>
internal abstract class Scheduled
{
    /// <summary>Gets or sets the moment, by the poller's own clock.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>Gets or sets who goes first when several are due.</summary>
    public Lane Lane { get; set; } = Lane.Background;

    /// <summary>Gets or sets the place in the heap of its lane; negative while it waits in none.</summary>
    public int Slot { get; set; } = -1;

    public bool IsWaiting => Slot >= 0;
}

/// <summary>The order in which requests are sent when the budget is short.</summary>
internal enum Lane
{
    /// <summary>No regular poll, but something that was asked for once: a cancellation, a full answer, a look.</summary>
    OneOff = 0,

    /// <summary>A poll that somebody waits for now.</summary>
    Interactive = 1,

    /// <summary>A poll of a run whose deadline is near.</summary>
    DeadlineNear = 2,

    /// <summary>All other polls; they always get a fifth.</summary>
    Background = 3,
}
