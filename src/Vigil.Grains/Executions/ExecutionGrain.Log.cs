namespace Vigil.Grains.Executions;

internal sealed partial class ExecutionGrain
{
    private void LogEvent(ExecutionState state, string type)
    {
        switch (type)
        {
            case ExecutionEventTypes.Accepted:
                LogAccepted(state.Id, state.Connection);
                break;
            case ExecutionEventTypes.Ended:
                LogEnded(state.Id, state.Status, state.RawStatus, state.LagMs);
                break;
        }
    }

    [LoggerMessage(1000, LogLevel.Information, "Execution {ExecutionId} accepted for connection {Connection}")]
    private partial void LogAccepted(string executionId, string connection);

    [LoggerMessage(1001, LogLevel.Information, "Execution {ExecutionId} ended as {Status} ({RawStatus}); Vigil observed it {LagMs} ms later")]
    private partial void LogEnded(string executionId, ExecutionStatus status, string? rawStatus, long? lagMs);

    [LoggerMessage(EventId = 1002, Message = "Execution {ExecutionId} could not be stored; its effects are dropped and the state is read again")]
    private partial void LogWriteFailed(LogLevel level, string executionId, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "Execution {ExecutionId} could not be reactivated after a failed write; the audit will wake it")]
    private partial void LogNotWoken(string executionId, Exception exception);
}
