using System.Text.Json.Nodes;
using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle;

public sealed class StateJsonTests
{
    /// <summary>A row as the first version writes it. It is never changed: later versions must read it.</summary>
    private const string FirstVersionRow = """
        {"id":"exec-1","connection":"main","platform":"gloriamundo","target":{"kind":"workflow","id":"wf-1"},"metadata":{"team":"blue"},
        "cancel_on_abandon":false,"subscribers":[],"request_hash":"hash-1","status":"abandoned","raw_status":"running","attempt":2,"version":12,
        "remote_id":"run-1","submission":{"phase":"confirmed","is_retry":true,"silo":"silo-1","send_before":"2026-01-02T03:05:09+00:00",
        "first_claimed_at":"2026-01-02T03:04:59+00:00","claims":2},"progress":{"percentage":50},"steps":[{"summary":{"id":"a","name":"Step a",
        "status":"running"},"version":10,"fingerprint":"00"}],"steps_total":1,"failure":{"reason":"abandoned","detail":"enough"},
        "output_truncated":false,"accepted_at":"2026-01-02T03:04:05+00:00","deadline_at":"2026-01-02T04:04:05+00:00",
        "submitted_at":"2026-01-02T03:05:01+00:00","ended_at":"2026-01-02T03:05:30+00:00","observed_at":"2026-01-02T03:05:20+00:00",
        "attempt_opened_at":"2026-01-02T03:05:00+00:00","cancel":{"at":"2026-01-02T03:05:30+00:00","reason":"abandoned","acknowledged":false},
        "pending_work":["cancel_remote","reminder"],"given_up":[],"polls":7,"requests":7.5,"has_reminder":true,"history":[{"attempt":1,
        "status":"failed","raw_status":"failed","failure":{"reason":"boom"},"ended_at":"2026-01-02T03:04:40+00:00"}],
        "stored_at":"2026-01-02T03:05:30+00:00","pending_since":"2026-01-02T03:05:30+00:00"}
        """;

    /// <summary>Logs and failed assertions print a state, also one whose run is not known yet.</summary>
    [Fact]
    public void ToString_BeforeTheRunIsKnown_PrintsIt() => Assert.Contains("exec-1", Given.Accepted().State.ToString(), StringComparison.Ordinal);

    [Fact]
    public void Read_RowOfTheFirstVersion_IsUnderstoodWhole()
    {
        var state = Read(FirstVersionRow);

        Assert.Null(state.UnknownMembers);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FirstVersionRow), JsonNode.Parse(Write(state))));
        Assert.Equal((ExecutionStatus.Abandoned, SubmissionPhase.Confirmed, PendingWork.CancelRemote | PendingWork.Reminder), (state.Status, state.Submission.Phase, state.PendingWork));
        Assert.Equal((StepStatus.Running, ExecutionStatus.Failed), (Assert.Single(state.Steps).Summary.Status, Assert.Single(state.History).Status));
    }

    [Fact]
    public void Read_RowThatLacksMembers_HasTheirDefaults()
    {
        var state = Read("""{"id":"exec-1","connection":"main","platform":"p","request_hash":"h"}""");

        Assert.Equal((0, 0, 0, 0, 0), (state.Subscribers.Length, state.Steps.Length, state.GivenUp.Length, state.History.Length, state.Metadata.Count));
        Assert.Equal(new Submission(), state.Submission);
    }

    [Fact]
    public void Write_WhatIsNeverStored_IsLeftOut()
    {
        var state = Given.Started().After(1).See(Given.Running with { Steps = [Given.Step("a")] }).State;
        Assert.True(state.Unsaved);
        Assert.NotEmpty(state.Reports);

        var read = Read(Write(state));

        Assert.False(read.Unsaved);
        Assert.Empty(read.Reports);
        Assert.DoesNotContain("live", Write(state), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownMembers_AtAnyDepth_SurviveATransition()
    {
        var row = JsonNode.Parse(Write(Given.RunningFor(10).After(5).See(Given.Running with { Steps = [Given.Step("a"), Given.Step("b")], Progress = new(1, 2, 50, null) }).State))!;
        row["region"] = new JsonObject { ["name"] = "north", ["rank"] = 3 };
        row["submission"]!["lane"] = "fast";
        row["target"]!["branch"] = JsonNode.Parse("""["x",{"y":null}]""");
        row["steps"]![1]!["owner"] = "somebody";
        row["steps"]![1]!["summary"]!["weight"] = 1.25;
        var life = Read(row.ToJsonString());

        var next = ExecutionLifecycle.Apply(life, new LifecycleInput.Cancel("enough"), new(Life.Epoch.AddMinutes(5), new() { Cancel = true }, default)).State;

        var written = JsonNode.Parse(Write(next))!;
        Assert.Equal("enough", (string?)written["cancel"]!["reason"]);
        Assert.True(JsonNode.DeepEquals(row["region"], written["region"]));
        Assert.True(JsonNode.DeepEquals(row["target"], written["target"]));
        Assert.Equal("fast", (string?)written["submission"]!["lane"]);
        Assert.True(JsonNode.DeepEquals(row["steps"], written["steps"]));
    }

    [Fact]
    public void UnknownMembers_InsideAValueThatIsGone_GoWithIt()
    {
        var row = JsonNode.Parse(FirstVersionRow)!;
        row["cancel"]!["by"] = "somebody";

        var state = Read(row.ToJsonString()) with { Cancel = null };

        Assert.DoesNotContain("somebody", Write(state), StringComparison.Ordinal);
        Assert.Null(Read(Write(state)).Cancel);
    }

    [Fact]
    public void UnknownMembers_InMemory_AreOneText() =>
        Assert.Equal("""{"region":"north"}""", Read("""{"id":"exec-1","region":"north","connection":"main","platform":"p","request_hash":"h"}""").UnknownMembers);

    [Fact]
    public void Read_WhatIsNoState_IsAnError() => Assert.Throws<JsonException>(() => Read("[]"));

    private static ExecutionState Read(string json) => JsonSerializer.Deserialize(json, StateJson.Default.ExecutionState)!;

    private static string Write(ExecutionState state) => JsonSerializer.Serialize(state, StateJson.Default.ExecutionState);
}
