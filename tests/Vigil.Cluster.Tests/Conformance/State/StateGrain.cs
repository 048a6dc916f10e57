using Orleans.Storage;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.State;

[GenerateSerializer, Alias("conformance.NoteState")]
internal sealed class NoteState
{
    [Id(0)]
    public string? Text { get; set; }

    [Id(1)]
    public List<string> Tags { get; set; } = [];

    [Id(2)]
    public IStateGrain? Friend { get; set; }
}

[GenerateSerializer, Alias("conformance.NoteView")]
internal sealed record NoteView(
    [property: Id(0)] string? Text,
    [property: Id(1)] string[] Tags,
    [property: Id(2)] bool RecordExists,
    [property: Id(3)] string? Etag,
    [property: Id(4)] int Activation);

/// <summary>A grain with one state; two classes keep it in two stores.</summary>
[Alias("conformance.IStateGrain")]
internal interface IStateGrain : IGrainWithStringKey
{
    [Alias("Get")]
    Task<NoteView> GetAsync();

    /// <summary>Changes the state in memory alone.</summary>
    [Alias("Set")]
    Task<NoteView> SetAsync(string text);

    [Alias("Write")]
    Task<NoteView> WriteAsync(string text);

    [Alias("Clear")]
    Task<NoteView> ClearAsync();

    [Alias("Read")]
    Task<NoteView> ReadAsync();

    /// <summary>Writes, and returns the type and message of what that throws.</summary>
    [Alias("WriteCaught")]
    Task<string> WriteCaughtAsync(string text);

    [Alias("Befriend")]
    Task BefriendAsync(IStateGrain friend);

    [Alias("GetFriend")]
    Task<IStateGrain?> GetFriendAsync();

    /// <summary>Has another grain write.</summary>
    [Alias("WriteThrough")]
    Task WriteThroughAsync(IStateGrain other, string text);

    /// <summary>Touches the state off the grain's scheduler and returns the type of what that throws.</summary>
    [Alias("TouchOutside")]
    Task<string> TouchOutsideAsync(string what);

    [Alias("Deactivate")]
    Task DeactivateAsync();
}

[Alias("conformance.IMemoryStateGrain")]
internal interface IMemoryStateGrain : IStateGrain;

[Alias("conformance.IScriptedStateGrain")]
internal interface IScriptedStateGrain : IStateGrain;

internal sealed class MemoryStateGrain(
    [PersistentState("note", ConformanceCluster.Memory)] IPersistentState<NoteState> state, Stage stage)
    : StateGrain(state, stage), IMemoryStateGrain;

internal sealed class ScriptedStateGrain(
    [PersistentState("note", ConformanceCluster.Scripted)] IPersistentState<NoteState> state, Stage stage)
    : StateGrain(state, stage), IScriptedStateGrain;

internal abstract class StateGrain(IPersistentState<NoteState> state, Stage stage) : Grain, IStateGrain
{
    private int _activation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var journal = stage.Journal(this.GetPrimaryKeyString());
        journal.Add($"activated with {state.State.Text ?? "nothing"}, exists: {state.RecordExists}");
        _activation = journal.Entries.Count;
        return Task.CompletedTask;
    }

    public Task<NoteView> GetAsync() => Task.FromResult(View());

    public Task<NoteView> SetAsync(string text)
    {
        state.State.Text = text;
        state.State.Tags.Add(text);
        return GetAsync();
    }

    public async Task<NoteView> WriteAsync(string text)
    {
        await SetAsync(text);
        await state.WriteStateAsync();
        return View();
    }

    public async Task<NoteView> ClearAsync()
    {
        await state.ClearStateAsync();
        return View();
    }

    public async Task<NoteView> ReadAsync()
    {
        await state.ReadStateAsync();
        return View();
    }

    public async Task<string> WriteCaughtAsync(string text)
    {
        try
        {
            await WriteAsync(text);
            return "nothing";
        }
        catch (OrleansException exception)
        {
            return exception is InconsistentStateException conflict
                ? $"{exception.GetType().Name}: {conflict.StoredEtag}, {conflict.CurrentEtag}"
                : $"{exception.GetType().Name}: {exception.InnerException?.GetType().Name}";
        }
    }

    public Task BefriendAsync(IStateGrain friend)
    {
        state.State.Friend = friend;
        return state.WriteStateAsync();
    }

    public Task<IStateGrain?> GetFriendAsync() => Task.FromResult(state.State.Friend);

    public async Task WriteThroughAsync(IStateGrain other, string text) => await other.WriteAsync(text);

    public Task<string> TouchOutsideAsync(string what) => Task.Run(async () =>
    {
        try
        {
            switch (what)
            {
                case "get":
                    _ = state.State;
                    break;
                case "set":
                    state.State = new NoteState();
                    break;
                case "write":
                    await state.WriteStateAsync();
                    break;
                case "read":
                    await state.ReadStateAsync();
                    break;
                default:
                    await state.ClearStateAsync();
                    break;
            }

            return "nothing";
        }
        catch (InvalidOperationException exception)
        {
            return exception.GetType().Name;
        }
    });

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private NoteView View() => new(state.State.Text, [.. state.State.Tags], state.RecordExists, state.Etag, _activation);
}
