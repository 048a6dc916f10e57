using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>A state that belongs to an activation.</summary>
internal interface IActivationState
{
    string Name { get; }

    /// <summary>Reads the state before the activation begins, unless a predecessor left it.</summary>
    Task LoadAsync();

    /// <summary>Makes a copy for the activation that takes over, or null if the state does not travel.</summary>
    object? Detach();
}

/// <summary>Makes the states that a grain's constructor asks for.</summary>
internal static class PersistentState
{
    public static object Create(Activation activation, ParameterInfo parameter)
    {
        var facet = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var name = string.IsNullOrEmpty(facet.StateName) ? parameter.Name! : facet.StateName;
        var storage = string.IsNullOrWhiteSpace(facet.StorageName)
            ? activation.ActivationServices.GetService<IGrainStorage>()
            : activation.ActivationServices.GetKeyedService<IGrainStorage>(facet.StorageName);
        if (storage is null)
        {
            throw new BadProviderConfigException(
                $"No storage provider named \"{facet.StorageName}\" found loading grain type {activation.GrainId.Type}.");
        }

        var type = typeof(PersistentState<>).MakeGenericType(parameter.ParameterType.GetGenericArguments());
        var state = (IActivationState)Activator.CreateInstance(type, activation, name, storage)!;
        activation.Add(state);
        return state;
    }
}

/// <summary>One named state of an activation. What it is asked to do it does in order, one after the other.</summary>
internal sealed class PersistentState<TState>(Activation activation, string name, IGrainStorage storage) : IPersistentState<TState>, IActivationState
{
    private GrainState<TState>? _state;
    private bool _isLoaded;
    private Task _last = Task.CompletedTask;

    public string Name => name;

    public TState State
    {
        get
        {
            RuntimeContext.Check(activation);
            return _state is null ? default! : _state.State!;
        }

        set
        {
            RuntimeContext.Check(activation);
            Current.State = value;
        }
    }

    public string? Etag => _state?.ETag;

    public bool RecordExists => _isLoaded ? Current.RecordExists : throw new InvalidOperationException("State has not yet been loaded");

    private GrainState<TState> Current => _state ??= new((TState)MemberCopier.Creator(typeof(TState))(), eTag: null);

    public Task LoadAsync()
    {
        if (activation.TakeInherited(Name) is GrainState<TState> inherited)
        {
            _state = inherited;
            _isLoaded = true;
            return Task.CompletedTask;
        }

        return ReadStateAsync(default);
    }

    public object? Detach()
    {
        try
        {
            return CopyContext.CopyOf(_state);
        }
        catch (CodecNotFoundException)
        {
            // The successor reads it from storage.
            return null;
        }
    }

    public Task ReadStateAsync() => ReadStateAsync(default);

    public Task WriteStateAsync() => WriteStateAsync(default);

    public Task ClearStateAsync() => ClearStateAsync(default);

    public Task ReadStateAsync(CancellationToken cancellationToken) => Queue(
        async () =>
        {
            await storage.ReadStateAsync(name, activation.GrainId, Current, cancellationToken);
            _isLoaded = true;
        },
        cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        Queue(() => storage.WriteStateAsync(name, activation.GrainId, Current, cancellationToken), cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) =>
        Queue(() => storage.ClearStateAsync(name, activation.GrainId, Current, cancellationToken), cancellationToken);

    private Task Queue(Func<Task> operation, CancellationToken cancellationToken)
    {
        RuntimeContext.Check(activation);
        return _last = RunAsync(_last, operation, cancellationToken);
    }

    private async Task RunAsync(Task last, Func<Task> operation, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await operation();
        }
        catch (Exception failure) when (failure is not OrleansException && !(failure is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new OrleansException($"Error from storage provider {storage.GetType().Name}.{Name} for grain {activation.GrainId}: {failure.Message}", failure);
        }
    }
}
