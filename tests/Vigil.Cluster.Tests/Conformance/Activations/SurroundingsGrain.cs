using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>Reports what an activation is given.</summary>
[Alias("conformance.ISurroundingsGrain")]
internal interface ISurroundingsGrain : IGrainWithStringKey
{
    [Alias("GetKeySeenByConstructor")]
    Task<string> GetKeySeenByConstructorAsync();

    [Alias("GetFindings")]
    Task<List<string>> GetFindingsAsync();

    [Alias("Deactivate")]
    Task DeactivateAsync();
}

/// <summary>A second face of the same grain.</summary>
[Alias("conformance.ISecondFaceGrain")]
internal interface ISecondFaceGrain : IGrainWithStringKey
{
    [Alias("GetKey")]
    Task<string> GetKeyAsync();
}

internal sealed class SurroundingsGrain : Grain, ISurroundingsGrain, ISecondFaceGrain
{
    private readonly string _key;
    private readonly List<string> _findings = [];

    public SurroundingsGrain(IGrainContext context, IGrainFactory factory, ScopedService scoped, Stage stage)
    {
        _key = this.GetPrimaryKeyString();
        Note("the injected context is the grain's", ReferenceEquals(context, GrainContext));
        Note("the context knows the id", context.GrainId == this.GetGrainId());
        Note("the factory makes equal references", factory.GetGrain<ISurroundingsGrain>(_key).Equals(this.AsReference<ISurroundingsGrain>()));
        Note("the scope is the activation's", ReferenceEquals(scoped, context.ActivationServices.GetRequiredService<ScopedService>()));
        Note("the identity names the key", IdentityString.EndsWith($"/{_key}", StringComparison.Ordinal));
        scoped.Disposed = () => stage.Journal(_key).Add("scope disposed");
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Note("the context knows the instance", ReferenceEquals(this, GrainContext.GrainInstance));
        Note("the services are the scope's", ReferenceEquals(ServiceProvider.GetRequiredService<ScopedService>(), GrainContext.ActivationServices.GetRequiredService<ScopedService>()));
        return Task.CompletedTask;
    }

    public Task<string> GetKeySeenByConstructorAsync() => Task.FromResult(_key);

    public Task<List<string>> GetFindingsAsync() => Task.FromResult(_findings);

    public Task<string> GetKeyAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private void Note(string claim, bool holds) => _findings.Add($"{claim}: {holds}");
}
