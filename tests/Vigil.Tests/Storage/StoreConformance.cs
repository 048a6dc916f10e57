using Vigil.Storage;

namespace Vigil.Tests.Storage;

/// <summary>What every provider of <see cref="IVigilStore"/> keeps. A provider derives from it and says only how one is made.</summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    private protected IVigilStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens a store over this test's data, which is empty at first.</summary>
    private protected abstract Task<IVigilStore> OpenAsync();

    /// <summary>Closes the store and opens it again over the same data.</summary>
    private protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync();
    }
}
