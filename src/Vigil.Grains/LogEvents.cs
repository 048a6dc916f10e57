namespace Vigil.Grains;

/// <summary>The ids of all log messages of this project: a thousand per folder.</summary>
internal static class LogEvents
{
    // Executions
    public const int ExecutionAccepted = 1000;
    public const int ExecutionEnded = 1001;
    public const int WriteFailed = 1002;
    public const int ReminderFailed = 1003;
    public const int WakeFailed = 1004;
    public const int ConnectionMissing = 1005;

    // Steps
    public const int StepNotTold = 2000;
    public const int StepsNotAcknowledged = 2001;

    // Recovery
    public const int AuditFailed = 3000;
    public const int AuditWoke = 3001;
    public const int OwnersNotCorrected = 3002;

    // Delivery
    public const int DeliveryFailed = 4000;
    public const int DeliveryDead = 4001;
    public const int DeliveriesUnreachable = 4002;
    public const int DestinationSuspended = 4003;
    public const int DeliveryNotSettled = 4004;
}
