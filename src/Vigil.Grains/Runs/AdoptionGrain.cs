namespace Vigil.Grains.Runs;

/// <summary>Adopts one run. Calls that arrive during an adoption get its result.</summary>
[GrainType("adoption"), CollectionAgeLimit(Minutes = 1.5)]
internal sealed class AdoptionGrain : Grain, IAdoptionGrain
{
    private Task<StartResult>? _adopting;

    public async Task<StartResult> AdoptAsync(AdoptExecution request, string? executionId, Observation? seen)
    {
        RequestLimits.ThrowIfAny(RequestLimits.Check(request));
        while (_adopting is { } other)
        {
            try
            {
                return await other with { Created = false };
            }
            catch (Exception e) when (e is InvalidRequestException or ExecutionConflictException)
            {
                // That was wrong with the other request, not with this one.
                await Task.Yield();
            }
        }

        _adopting = AdoptOnceAsync(request, executionId, seen);
        try
        {
            return await _adopting;
        }
        finally
        {
            _adopting = null;
        }
    }

    private async Task<StartResult> AdoptOnceAsync(AdoptExecution request, string? executionId, Observation? seen)
    {
        var queries = GrainFactory.GetGrain<IQueryGrain>(IQueryGrain.Key);
        if (await queries.FindByRemoteIdAsync(request.Connection, request.RemoteId) is { } existing)
        {
            return new(existing, Created: false);
        }

        var observation = seen ?? await queries.ObserveAsync(request, CancellationToken.None)
            ?? throw new RemoteRunNotFoundException(request.Connection, request.RemoteId);
        RequestContext.Set(ConnectionKey.PlacementHint, request.Connection);
        try
        {
            var grain = GrainFactory.GetGrain<IExecutionGrain>(executionId ?? IAdoptionGrain.ExecutionIdOf(request.Connection, request.RemoteId));
            return await grain.AdoptAsync(request, observation);
        }
        catch (ExecutionConflictException)
        {
            // The start of this run may just have been confirmed.
            if (await queries.FindByRemoteIdAsync(request.Connection, request.RemoteId) is not { } watching)
            {
                throw;
            }

            return new(watching, Created: false);
        }
    }
}
