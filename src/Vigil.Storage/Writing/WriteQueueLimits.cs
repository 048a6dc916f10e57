namespace Vigil.Storage.Writing;

/// <summary>How much a transaction takes, and how much may wait for one.</summary>
internal sealed record WriteQueueLimits
{
    /// <summary>Gets the rows of one transaction. A single larger write still gets one of its own.</summary>
    public int TransactionRows { get; init; } = 500;

    /// <summary>Gets the bytes of one transaction.</summary>
    public long TransactionBytes { get; init; } = 8 << 20;

    /// <summary>Gets the rows that may wait; more are refused at once.</summary>
    public int WaitingRows { get; init; } = 100_000;

    /// <summary>Gets the bytes that may wait.</summary>
    public long WaitingBytes { get; init; } = 256 << 20;
}
