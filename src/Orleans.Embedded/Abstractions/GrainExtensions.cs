using Orleans.Runtime;

namespace Orleans;

/// <summary>What can be asked of grains and of references to them.</summary>
public static class GrainExtensions
{
    /// <summary>Gets the identity of a grain.</summary>
    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            IGrainBase activation => activation.GrainContext.GrainId,
            Reference reference => reference.GrainId,
            _ => throw new ArgumentException($"{nameof(GetGrainId)} has been called on {grain.GetType()}, which is neither a grain nor a reference.", nameof(grain)),
        };
    }

    /// <summary>Gets the key of a grain.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <summary>Gets a reference to a grain, or to an interface of it.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            Reference reference => (TGrainInterface)reference.As(typeof(TGrainInterface)),
            IGrainBase { GrainContext: Activation activation } =>
                (TGrainInterface)Reference.Create(typeof(TGrainInterface), activation.GrainId, activation.Silo.Caller),
            _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference.", nameof(grain)),
        };
    }
}
