using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;

namespace Orleans.Runtime;

/// <summary>What the engine knows of a grain class.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory _factory;
    private readonly ParameterInfo[] _states;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? GrainType.Create(DefaultName(type));
        AgeLimit = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        IsPlacedByCount = type.GetCustomAttribute<PlacementAttribute>() is ActivationCountBasedPlacementAttribute;
        _states = [.. Constructor(type).GetParameters().Where(parameter => parameter.IsDefined(typeof(PersistentStateAttribute)))];
        _factory = ActivatorUtilities.CreateFactory(type, [.. _states.Select(parameter => parameter.ParameterType)]);
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public TimeSpan? AgeLimit { get; }

    public bool IsPlacedByCount { get; }

    public object Create(Activation activation)
    {
        try
        {
            return _factory(activation.ActivationServices, [.. _states.Select(parameter => PersistentState.Create(activation, parameter))]);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{Type}'. See {nameof(Exception.InnerException)}.", failure);
        }
    }

    private static string DefaultName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name;
    }

    private static ConstructorInfo Constructor(Type type)
    {
        var constructors = type.GetConstructors();
        return constructors.FirstOrDefault(constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors.MaxBy(constructor => constructor.GetParameters().Length)
            ?? throw new OrleansConfigurationException($"The grain class {type} has no public constructor.");
    }
}
