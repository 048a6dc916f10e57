namespace Vigil.Storage.Sqlite;

/// <summary>Appends events and what is owed for them.</summary>
internal sealed class SqliteEventWriter(SqliteSession session, SqliteDeliveryWriter deliveries)
{
    private const string Insert =
        """
        INSERT INTO events (execution_id, attempt, version, type, at, execution_json)
        VALUES ($execution, $attempt, $version, $type, $at, $json)
        """;

    /// <summary>Gets the number of the transaction's last event; 0 where it has none.</summary>
    public long Head { get; private set; }

    /// <summary>Forgets the events of the transaction before.</summary>
    public void Begin() => Head = 0;

    public void Append(ExecutionWrite write)
    {
        session.Execute(
            Insert,
            ("$execution", write.Id),
            ("$attempt", write.Attempt),
            ("$version", write.Version),
            ("$type", write.EventType),
            ("$at", write.EventAt.UtcTicks),
            ("$json", StoreValues.Blob(write.EventJson)));
        Head = session.LastRow;
        foreach (var subscriber in write.Subscribers)
        {
            deliveries.Add(Head, write.Id, subscriber, write.EventAt);
        }
    }

    public void Remove(string executionId)
    {
        session.Execute("DELETE FROM events WHERE execution_id = $execution", ("$execution", executionId));
        deliveries.Remove(executionId);
    }
}
