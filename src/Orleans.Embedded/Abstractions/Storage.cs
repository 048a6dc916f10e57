namespace Orleans.Core
{
    /// <summary>A grain's stored state.</summary>
    public interface IStorage
    {
        /// <summary>Gets the version of the record that the state was read from or written to.</summary>
        string? Etag { get; }

        /// <summary>Gets a value indicating whether there is a record.</summary>
        bool RecordExists { get; }

        /// <summary>Removes the record.</summary>
        Task ClearStateAsync();

        /// <summary>Writes the state.</summary>
        Task WriteStateAsync();

        /// <summary>Reads the state again.</summary>
        Task ReadStateAsync();

        /// <summary>Removes the record.</summary>
        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        /// <summary>Writes the state.</summary>
        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        /// <summary>Reads the state again.</summary>
        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    /// <summary>A grain's stored state.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>Gets or sets the state in memory.</summary>
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A named state of a grain.</summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>;

    /// <summary>Asks for a named state in a grain's constructor.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute : Attribute
    {
        /// <summary>Initializes a new instance of the <see cref="PersistentStateAttribute"/> class.</summary>
        public PersistentStateAttribute(string stateName, string? storageName = null)
        {
            StateName = stateName;
            StorageName = storageName;
        }

        /// <summary>Gets the state's name.</summary>
        public string StateName { get; }

        /// <summary>Gets the provider's name.</summary>
        public string? StorageName { get; }
    }
}

namespace Orleans
{
    /// <summary>What a storage provider reads into and writes from.</summary>
    public interface IGrainState<T>
    {
        /// <summary>Gets or sets the state.</summary>
        T? State { get; set; }

        /// <summary>Gets or sets the version of the record.</summary>
        string? ETag { get; set; }

        /// <summary>Gets or sets a value indicating whether there is a record.</summary>
        bool RecordExists { get; set; }
    }

    /// <summary>What a storage provider reads into and writes from.</summary>
    [GenerateSerializer]
    public sealed class GrainState<T> : IGrainState<T>
    {
        /// <summary>Initializes a new instance of the <see cref="GrainState{T}"/> class.</summary>
        public GrainState()
        {
        }

        /// <summary>Initializes a new instance of the <see cref="GrainState{T}"/> class.</summary>
        public GrainState(T? state)
            : this(state, eTag: null)
        {
        }

        /// <summary>Initializes a new instance of the <see cref="GrainState{T}"/> class.</summary>
        public GrainState(T? state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        /// <inheritdoc/>
        [Id(0)]
        public T? State { get; set; }

        /// <inheritdoc/>
        [Id(1)]
        public string? ETag { get; set; }

        /// <inheritdoc/>
        [Id(2)]
        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>A storage provider.</summary>
    public interface IGrainStorage
    {
        /// <summary>Reads a state.</summary>
        Task ReadStateAsync<T>(string stateName, Runtime.GrainId grainId, IGrainState<T> grainState);

        /// <inheritdoc cref="ReadStateAsync{T}(string, Runtime.GrainId, IGrainState{T})"/>
        Task ReadStateAsync<T>(string stateName, Runtime.GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ReadStateAsync(stateName, grainId, grainState);

        /// <summary>Writes a state.</summary>
        /// <exception cref="InconsistentStateException">The record has another version.</exception>
        Task WriteStateAsync<T>(string stateName, Runtime.GrainId grainId, IGrainState<T> grainState);

        /// <inheritdoc cref="WriteStateAsync{T}(string, Runtime.GrainId, IGrainState{T})"/>
        Task WriteStateAsync<T>(string stateName, Runtime.GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            WriteStateAsync(stateName, grainId, grainState);

        /// <summary>Removes a state.</summary>
        /// <exception cref="InconsistentStateException">The record has another version.</exception>
        Task ClearStateAsync<T>(string stateName, Runtime.GrainId grainId, IGrainState<T> grainState);

        /// <inheritdoc cref="ClearStateAsync{T}(string, Runtime.GrainId, IGrainState{T})"/>
        Task ClearStateAsync<T>(string stateName, Runtime.GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ClearStateAsync(stateName, grainId, grainState);
    }

    /// <summary>Somebody else has written the record since it was read.</summary>
    [GenerateSerializer]
    public class InconsistentStateException : Runtime.OrleansException
    {
        /// <summary>Initializes a new instance of the <see cref="InconsistentStateException"/> class.</summary>
        public InconsistentStateException(string message)
            : base(message)
        {
        }

        /// <summary>Initializes a new instance of the <see cref="InconsistentStateException"/> class.</summary>
        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
            : base(errorMsg)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        /// <summary>Initializes a new instance of the <see cref="InconsistentStateException"/> class.</summary>
        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
            : base(errorMsg, storageException!)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        /// <summary>Gets the version of the record.</summary>
        [Id(1)]
        public string? StoredEtag { get; private set; }

        /// <summary>Gets the version that the writer knew.</summary>
        [Id(2)]
        public string? CurrentEtag { get; private set; }

        [Id(0)]
        internal bool IsSourceActivation { get; set; } = true;

        /// <inheritdoc/>
        public override string ToString() =>
            $"{nameof(InconsistentStateException)}: {Message} Expected Etag={StoredEtag} Received Etag={CurrentEtag} {InnerException}";
    }
}
