using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    /// <summary>Gets one key of each kind.</summary>
    public static TheoryData<StateKind, string> Keys => new()
    {
        { StateKind.Execution, "e1" },
        { StateKind.Step, "e1/s1" },
    };

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task ReadAsync_NothingWritten_ReturnsNull(StateKind kind, string id) => Assert.Null(await Store.ReadAsync(new(kind, id)));

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task WriteAsync_FirstThenNext_ReadsBackWithTheNewETag(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);
        var first = await Store.WriteAsync(Write(key, "1", expected: null));
        var second = await Store.WriteAsync(Write(key, "2", first));

        var stored = await Store.ReadAsync(key);

        Assert.NotNull(stored);
        Assert.NotEqual(first, second);
        Assert.Equal(("2", second, id), (stored.Text(), stored.ETag, stored.Id));
    }

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task WriteAsync_ETagIsNotTheStored_ThrowsWithBothAndChangesNothing(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);
        var first = await Store.WriteAsync(Write(key, "1", expected: null));
        var second = await Store.WriteAsync(Write(key, "2", first));

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Write(key, "3", first)));

        Assert.Equal((key, first, second), (conflict.Key, conflict.ExpectedETag, conflict.StoredETag));
        Assert.Equal("2", (await Store.ReadAsync(key))!.Text());
    }

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task WriteAsync_ETagOfSomebodyElsesMaking_Throws(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);
        await Store.WriteAsync(Write(key, "1", expected: null));

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Write(key, "2", "not an ETag")));
    }

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task WriteAsync_ManyFirstWritesAtOnce_OneWins(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => TryAsync(() => Store.WriteAsync(Write(key, $"{n}", expected: null)))));

        var winner = Assert.Single(outcomes, outcome => outcome.Error is null);
        var stored = await Store.ReadAsync(key);
        Assert.Equal((winner.Result, $"{Array.IndexOf(outcomes, winner)}"), (stored!.ETag, stored.Text()));
        Assert.All(outcomes.Where(outcome => outcome.Error is not null), loser =>
        {
            var conflict = Assert.IsType<StoreConflictException>(loser.Error);
            Assert.Equal((null, winner.Result), (conflict.ExpectedETag, conflict.StoredETag));
        });
    }

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task WriteAsync_ManyNextWritesAtOnce_OneWins(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);
        var etag = await Store.WriteAsync(Write(key, "first", expected: null));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => TryAsync(() => Store.WriteAsync(Write(key, $"{n}", etag)))));

        var winner = Assert.Single(outcomes, outcome => outcome.Error is null);
        Assert.Equal(winner.Result, (await Store.ReadAsync(key))!.ETag);
    }

    [StoreFact]
    public async Task WriteAsync_ConflictsAmongManyNeighbours_FailNobodyElse()
    {
        await Store.WriteAsync(Sample.Start("e7"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => TryAsync(() => Store.WriteAsync(Sample.Start($"e{n}")))));

        Assert.IsType<StoreConflictException>(outcomes[7].Error);
        Assert.Equal(99, outcomes.Count(outcome => outcome.Error is null));
        Assert.Equal(100, (await Store.CountByStatusAsync())[ExecutionStatus.Submitting]);
    }

    [StoreTheory]
    [InlineData(".")]
    [InlineData("a:b.c_d-e")]
    [InlineData("0x0123abcdef")]
    [InlineData("12345")]
    [InlineData("%_'\"")]
    public async Task Ids_OfOddCharacters_AreDataAndNothingElse(string id)
    {
        var etag = await Store.WriteAsync(Sample.Start(id, subscribers: id) with { RemoteId = id, Owner = id });
        await Store.WriteAsync(Sample.Step($"{id}/s:1", "step"));

        Assert.Equal(etag, (await Store.ReadAsync(Sample.Execution(id)))!.ETag);
        Assert.Equal(id, await Store.FindByRemoteIdAsync("acme", id));
        Assert.Equal(id, Assert.Single(await Store.ReadLiveAsync(id, null, 10)).ExecutionId);
        Assert.Equal($"{id}/s:1", Assert.Single(await Store.ReadStepsAsync([$"{id}/s:1"])).Id);
        Assert.Equal($"{id}/s:1", Assert.Single(await Store.ReadStepVersionsAsync(id)).Key);
        Assert.Equal(id, Assert.Single(await LeaseAsync()).Destination);
    }

    [StoreFact]
    public async Task Ids_OfTwoHundredCharacters_AreKeptWhole()
    {
        var id = new string('x', 199);
        await Store.WriteAsync(Sample.Start(id + "1"));
        await Store.WriteAsync(Sample.Start(id + "2"));

        Assert.Equal(id + "2", (await Store.ReadAsync(Sample.Execution(id + "2")))!.Id);
        Assert.Null(await Store.ReadAsync(Sample.Execution(id)));
    }

    [StoreFact]
    public async Task Ids_DifferingInCaseAlone_AreDifferent()
    {
        await Store.WriteAsync(Sample.Start("e1"));
        await Store.WriteAsync(Sample.Start("E1"));

        Assert.Equal("E1", (await Store.ReadAsync(Sample.Execution("E1")))!.Id);
    }

    [StoreFact]
    public async Task ReadPayloadAsync_WrittenAgain_ReturnsTheLast()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1"));
        await Store.WriteAsync(Sample.Next("e1", etag, 2) with { Output = "1", Input = """{"ключ":"值"}""" });

        Assert.Equal("1", await Store.ReadPayloadAsync("e1", Payload.Output));
        Assert.Equal("""{"ключ":"值"}""", await Store.ReadPayloadAsync("e1", Payload.Input));
        Assert.Null(await Store.ReadPayloadAsync("e2", Payload.Input));
    }

    [StoreFact]
    public async Task ReadPayloadsAsync_SeveralNames_ReturnsThoseThatExist()
    {
        await Store.WriteAsync(Sample.Start("e1") with { Input = "1", Options = "2", Raw = "3", Details = "4" });

        var payloads = await Store.ReadPayloadsAsync("e1", [Payload.Options, Payload.Details, Payload.Output]);

        Assert.Equal([(Payload.Details, "4"), (Payload.Options, "2")], payloads.Select(payload => (payload.Key, payload.Value)).Order());
        Assert.Equal("3", await Store.ReadPayloadAsync("e1", Payload.Raw));
    }

    [StoreFact]
    public async Task ReadPayloadAsync_AMebibyte_ComesBackWhole()
    {
        var body = $"\"{new string('x', 1 << 20)}\"";
        await Store.WriteAsync(Sample.Start("e1") with { Input = body });

        Assert.Equal(body, await Store.ReadPayloadAsync("e1", Payload.Input));
    }

    [StoreTheory]
    [MemberData(nameof(Keys))]
    public async Task WriteAsync_WithoutAnId_IsAnArgumentError(StateKind kind, string id) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteAsync(Write(new(kind, id), "1", expected: null) with { Id = "" }));

    private static StateWrite Write(StateKey key, string json, string? expected) => key.Kind switch
    {
        StateKind.Execution => Sample.Start(key.Id) with { Json = Sample.Json(json), ExpectedETag = expected, EventType = null, Input = null },
        _ => Sample.Step(key.Id, json, expected),
    };

    private static async Task<Outcome> TryAsync(Func<Task<string>> write)
    {
        try
        {
            return new(await write(), Error: null);
        }
        catch (StoreException error)
        {
            return new(Result: null, error);
        }
    }

    private sealed record Outcome(string? Result, StoreException? Error);
}
