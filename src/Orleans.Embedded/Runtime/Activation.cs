namespace Orleans.Runtime;

internal sealed class Activation : IGrainContext
{
    public GrainId GrainId => throw new NotImplementedException();

    public object? GrainInstance => throw new NotImplementedException();

    public IServiceProvider ActivationServices => throw new NotImplementedException();

    public Task Deactivated => throw new NotImplementedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) => throw new NotImplementedException();

    public void DelayDeactivation(TimeSpan time) => throw new NotImplementedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);
}

internal static class RuntimeContext
{
    [field: ThreadStatic]
    public static Activation? Current { get; set; }
}

internal sealed class Reference : IAddressable
{
    public GrainId GrainId => throw new NotImplementedException();
}
