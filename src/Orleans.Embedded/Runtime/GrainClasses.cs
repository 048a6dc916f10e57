using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Orleans.Runtime;

/// <summary>The grain classes and interfaces of all assemblies that use the engine and that this process uses.</summary>
internal sealed class GrainClasses
{
    private static readonly Lazy<GrainClasses> Found = new(() => new());

    private readonly Dictionary<GrainType, GrainClass> _byType = [];
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _byInterface = new();

    private GrainClasses()
    {
        var types = Assemblies().SelectMany(assembly => assembly.GetTypes()).ToList();
        Interfaces = [.. types.Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))];
        foreach (var type in types.Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IGrainBase).IsAssignableFrom(type)))
        {
            var grainClass = new GrainClass(type);
            if (!_byType.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new OrleansConfigurationException($"{type} and {_byType[grainClass.GrainType].Type} are both grain type {grainClass.GrainType}.");
            }
        }
    }

    public static GrainClasses All => Found.Value;

    public IReadOnlyList<Type> Interfaces { get; }

    public GrainClass Get(GrainType type) =>
        _byType.TryGetValue(type, out var grainClass) ? grainClass : throw new ArgumentException($"There is no grain class for {type}.");

    /// <summary>Finds the class that implements an interface; where there are several, the one whose name a prefix or the interface tells.</summary>
    public GrainClass Get(Type interfaceType, string? prefix) => _byInterface.GetOrAdd((interfaceType, prefix), Find);

    private GrainClass Find((Type Interface, string? Prefix) key)
    {
        var candidates = _byType.Values
            .Where(grainClass => key.Interface.IsAssignableFrom(grainClass.Type)
                && grainClass.Type.FullName!.StartsWith(key.Prefix ?? "", StringComparison.Ordinal))
            .ToList();
        return candidates switch
        {
            [var only] => only,
            [] => throw new ArgumentException($"Could not find an implementation for interface {key.Interface}"),
            _ => candidates.Find(grainClass => grainClass.Type.Name == key.Interface.Name[1..])
                ?? throw new ArgumentException(
                    $"Unable to identify a single appropriate grain type for interface {key.Interface}. "
                    + $"Candidates: {string.Join(", ", candidates.Select(grainClass => grainClass.Type))}"),
        };
    }

    // An assembly that nobody has touched yet is not loaded, so references are followed from those that are.
    private static HashSet<Assembly> Assemblies()
    {
        var engine = typeof(GrainClasses).Assembly.GetName().Name;
        var found = new HashSet<Assembly>();
        var open = new Stack<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic));
        while (open.TryPop(out var assembly))
        {
            var references = assembly.GetReferencedAssemblies();
            if (Array.Exists(references, reference => reference.Name == engine) && found.Add(assembly))
            {
                var context = AssemblyLoadContext.GetLoadContext(assembly)!;
                foreach (var reference in references.Where(reference => !IsFramework(reference.Name!)))
                {
                    open.Push(context.LoadFromAssemblyName(reference));
                }
            }
        }

        return found;
    }

    private static bool IsFramework(string name) =>
        name == "netstandard" || name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft", StringComparison.Ordinal);
}
