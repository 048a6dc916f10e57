using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A reference to a grain or observer. The class that implements the interface is derived from this one at run time.</summary>
internal class Reference : DispatchProxy, IAddressable, IEquatable<Reference>
{
    private Caller _caller = null!;

    public GrainId GrainId { get; private set; }

    public static object Create(Type interfaceType, GrainId grainId, Caller caller)
    {
        var reference = Create(interfaceType, typeof(Reference));
        ((Reference)reference)._caller = caller;
        ((Reference)reference).GrainId = grainId;
        return reference;
    }

    public object As(Type interfaceType) => interfaceType.IsInstanceOfType(this) ? this : Create(interfaceType, GrainId, _caller);

    public bool Equals(Reference? other) => other is not null && GrainId == other.GrainId;

    public override bool Equals(object? obj) => Equals(obj as Reference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}";

    // A reference may have travelled to another silo, and there it is that silo which calls.
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        (RuntimeContext.Current?.Silo.Caller ?? _caller).Call(GrainId, GrainMethod.Of(targetMethod!), args);
}
