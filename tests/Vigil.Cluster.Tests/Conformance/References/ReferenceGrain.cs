namespace Vigil.Cluster.Tests.Conformance.References;

/// <summary>Passes grains around.</summary>
[Alias("conformance.IReferenceGrain")]
internal interface IReferenceGrain : IGrainWithStringKey
{
    [Alias("GetKey")]
    Task<string> GetKeyAsync();

    [Alias("GetSelf")]
    Task<IReferenceGrain> GetSelfAsync();

    [Alias("Echo")]
    Task<IReferenceGrain?> EchoAsync(IReferenceGrain? grain);

    [Alias("EchoAll")]
    Task<Dictionary<IReferenceGrain, int>> EchoAllAsync(Dictionary<IReferenceGrain, int> grains);

    [Alias("EchoId")]
    Task<GrainId> EchoIdAsync(GrainId id);

    [Alias("GetKeyOf")]
    Task<string> GetKeyOfAsync(IReferenceGrain grain);

    /// <summary>Passes this very object where a reference belongs.</summary>
    [Alias("PassThis")]
    Task<IReferenceGrain?> PassThisAsync(IReferenceGrain other);

    [Alias("ReturnThis")]
    Task<IReferenceGrain> ReturnThisAsync();
}

internal sealed class ReferenceGrain : Grain, IReferenceGrain
{
    public Task<string> GetKeyAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<IReferenceGrain> GetSelfAsync() => Task.FromResult(this.AsReference<IReferenceGrain>());

    public Task<IReferenceGrain?> EchoAsync(IReferenceGrain? grain) => Task.FromResult(grain);

    public Task<Dictionary<IReferenceGrain, int>> EchoAllAsync(Dictionary<IReferenceGrain, int> grains) => Task.FromResult(grains);

    public Task<GrainId> EchoIdAsync(GrainId id) => Task.FromResult(id);

    public Task<string> GetKeyOfAsync(IReferenceGrain grain) => grain.GetKeyAsync();

    public Task<IReferenceGrain?> PassThisAsync(IReferenceGrain other) => other.EchoAsync(this);

    public Task<IReferenceGrain> ReturnThisAsync() => Task.FromResult<IReferenceGrain>(this);
}
