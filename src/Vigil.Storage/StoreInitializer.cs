namespace Vigil.Storage;

/// <summary>
/// Opens the store before any other service of the host starts, the silo among them. Closing is the container's, after all have stopped.
/// </summary>
internal sealed class StoreInitializer(IVigilStore store) : BeforeStartService
{
    public override Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);
}
