using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Tasks;
using Generated;
using Xunit;

namespace Generated
{
    public partial class GeneratedVigil
    {
        // The generator forgets the words of enums in arrays.
        static partial void UpdateJsonSerializerSettings(JsonSerializerOptions settings) => settings.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
    }
}

/// <summary>Uses every operation through the generated client. It is compiled together with that client, when the test runs.</summary>
public static class EveryOperation
{
    private static readonly JsonSerializerOptions Words = new() { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    /// <param name="http">Sends the requests.</param>
    /// <param name="target">A target of agentic (a flow), cognite (a workflow) and moderately (an agent); its runs end within a second, and that of cognite fails.</param>
    /// <param name="startElsewhere">Starts a run of moderately past Vigil and returns its id.</param>
    public static async Task RunAsync(HttpClient http, string target, Func<Task<string>> startElsewhere)
    {
        var vigil = new GeneratedVigil(http);
        await vigil.CheckAliveAsync();
        await vigil.CheckReadyAsync();
        var id = await StartAsync(vigil, target);
        await ReadAsync(vigil, id);
        await ReadFilesAsync(vigil, id);
        await ReadEventsAsync(vigil, id);
        await RefuseAsync("execution_finished", () => vigil.CancelExecutionAsync(id, new ReasonRequest { Reason = "late" }));
        await RefuseAsync("execution_finished", () => vigil.AbandonExecutionAsync(id));
        await RefuseAsync("not_supported", () => vigil.RetryExecutionAsync(id));
        await CommandAsync(vigil, target);
        await AdoptAsync(vigil, target, startElsewhere);
        await ConnectAsync(vigil);
    }

    private static async Task<string> StartAsync(GeneratedVigil vigil, string target)
    {
        var request = RequestOf("agentic", "flow", target);
        request.Metadata = new Dictionary<string, string> { ["order"] = "1234" };
        request.Input = new Dictionary<string, object> { ["title"] = "Orders" };
        request.Key = target;
        var started = await vigil.StartExecutionAsync(request);
        Assert.Equal((target, "agentic", "1234"), (started.Id, started.Platform, started.Metadata["order"]));
        request.Key = null;
        Assert.Equal(target, (await vigil.StartExecutionAsync(request, idempotency_Key: target)).Id);
        request.Deadline_seconds = 60;
        await RefuseAsync("key_reused", () => vigil.StartExecutionAsync(request, idempotency_Key: target));
        request.Deadline_seconds = 0;
        var refused = await RefuseAsync("invalid_request", () => vigil.StartExecutionAsync(request));
        Assert.Equal("deadline_seconds", Assert.Single(refused.Errors!).Field);
        request = RequestOf("nowhere", "flow", target);
        await RefuseAsync("connection_not_found", () => vigil.StartExecutionAsync(request));
        return started.Id;
    }

    private static async Task ReadAsync(GeneratedVigil vigil, string id)
    {
        var ended = await EndAsync(vigil, id);
        Assert.True(ended.Status == ExecutionStatus.Succeeded, $"{ended.Failure?.Reason} {ended.Failure?.Detail}");
        Assert.Equal(StepStatus.Succeeded, Assert.Single(ended.Steps).Status);
        Assert.NotNull(ended.Ended_at);
        Assert.NotNull(ended.Target);
        Assert.Null(ended.Failure);
        var steps = await vigil.ListStepsAsync(id, page_size: 10);
        Assert.Equal((1, id), (steps.Steps_total, Assert.Single(steps.Items).Execution_id));
        var list = await vigil.ListExecutionsAsync(
            [StatusWord.Succeeded], connection: "agentic", attention: false, target: id, order_by: Order_by.Ended_at, order_direction: Order_direction.Asc, page_size: 1);
        Assert.Equal(id, Assert.Single(list.Items).Id);
        await RefuseAsync("output_not_available", () => vigil.GetOutputAsync(id));
        Assert.Equal(JsonValueKind.Object, ((JsonElement)await vigil.GetRawAsync(id)).ValueKind);
        var other = await EndAsync(vigil, (await vigil.StartExecutionAsync(RequestOf("manifest", "workflow", "quick"))).Id);
        Assert.Equal(other.Output?.ToString(), (await vigil.GetOutputAsync(other.Id)).ToString());
        Assert.True((await vigil.GetStatsAsync()).Executions["succeeded"] > 0);
        await vigil.NudgeExecutionAsync(id);
        await vigil.NudgeRunAsync("agentic", ended.Remote_id!);
        await RefuseAsync("execution_not_found", () => vigil.GetExecutionAsync("unknown"));
    }

    private static async Task ReadFilesAsync(GeneratedVigil vigil, string id)
    {
        var file = Assert.Single((await vigil.ListFilesAsync(id)).Items);
        Assert.Equal("report.csv", file.Name);
        using (var whole = await vigil.DownloadFileAsync(id, file.Id))
        {
            Assert.Equal((200, "id,total"), (whole.StatusCode, await new StreamReader(whole.Stream).ReadToEndAsync()));
        }

        using var part = await vigil.DownloadFileAsync(id, file.Id, range: "bytes=3-7");
        Assert.Equal((206, "total"), (part.StatusCode, await new StreamReader(part.Stream).ReadToEndAsync()));
        await RefuseAsync("file_not_found", () => vigil.DownloadFileAsync(id, "unknown"));
    }

    private static async Task ReadEventsAsync(GeneratedVigil vigil, string id)
    {
        using (var stream = await vigil.StreamExecutionEventsAsync(id))
        {
            var lines = (await new StreamReader(stream.Stream).ReadToEndAsync()).Split('\n');
            Assert.Contains("event: execution.accepted", lines);
            Assert.Contains("event: end", lines);
            var events = lines.Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonSerializer.Deserialize<ExecutionEvent>(line["data: ".Length..], Words)!);
            Assert.Equal(ExecutionStatus.Succeeded, events.Single(told => told.Type == "execution.ended").Execution.Status);
        }

        var version = (await vigil.GetExecutionAsync(id)).Version;
        var nothing = await Assert.ThrowsAsync<ApiException>(() => vigil.StreamExecutionEventsAsync(id, after_version: version));
        Assert.Equal(204, nothing.StatusCode);
        await RefuseAsync("execution_not_found", () => vigil.StreamExecutionEventsAsync("unknown"));
        await RefuseAsync("invalid_request", () => vigil.StreamEventsAsync(type: ["execution.vanished"]));
        using var all = await vigil.StreamEventsAsync(connection: "agentic", after: 0);
        Assert.Equal("event: heartbeat", await new StreamReader(all.Stream).ReadLineAsync());
    }

    private static async Task CommandAsync(GeneratedVigil vigil, string target)
    {
        var failed = await vigil.StartExecutionAsync(RequestOf("cognite", "workflow", target, version: "1"));
        var ended = await EndAsync(vigil, failed.Id);
        Assert.Equal((ExecutionStatus.Failed, 1), (ended.Status, ended.Attempt));
        Assert.NotNull(ended.Failure);
        Assert.Equal(2, (await vigil.RetryExecutionAsync(failed.Id)).Attempt);
        await EndAsync(vigil, failed.Id);
        foreach (var command in new Func<string, Task<Execution>>[] { id => vigil.AbandonExecutionAsync(id, new ReasonRequest { Reason = "done" }), id => vigil.CancelExecutionAsync(id) })
        {
            var running = await vigil.StartExecutionAsync(RequestOf("cognite", "workflow", "slow-10m", version: "1"));
            Assert.Equal(running.Id, (await command(running.Id)).Id);
        }
    }

    private static async Task AdoptAsync(GeneratedVigil vigil, string target, Func<Task<string>> startElsewhere)
    {
        var (one, two) = (await startElsewhere(), await startElsewhere());
        var runs = await vigil.ListRunsAsync("moderately", [StatusWord.Succeeded], [target]);
        Assert.Equal(new[] { one, two }.Order(), runs.Items.Select(run => run.Remote_id).Order());
        Assert.All(runs.Items, run => Assert.Equal(ExecutionStatus.Succeeded, run.Status));
        var request = new AdoptRequest { Connection = "moderately", Remote_id = one };
        var adopted = await vigil.AdoptRunAsync(request);
        Assert.Equal(one, adopted.Remote_id);
        Assert.Equal(adopted.Id, (await vigil.AdoptRunAsync(request)).Id);
        await RefuseAsync("key_reused", () => vigil.AdoptRunAsync(new AdoptRequest { Connection = "moderately", Remote_id = two }, idempotency_Key: target));
        await RefuseAsync("remote_run_not_found", () => vigil.AdoptRunAsync(new AdoptRequest { Connection = "moderately", Remote_id = "unknown" }));
        var several = await vigil.AdoptRunsAsync("moderately", new AdoptRunsRequest { Remote_ids = [one, two, "unknown"] });
        Assert.Equal([false, true, false], several.Items.Select(run => run.Created));
        Assert.Equal("remote_run_not_found", several.Items.Last().Error!.Code);
        var listed = await vigil.AdoptRunsAsync("moderately", new AdoptRunsRequest { Filter = new RunFilter { Target = [target] }, Limit = 10 });
        Assert.Equal(2, listed.Items.Count);
        await RefuseAsync("connection_not_found", () => vigil.AdoptRunsAsync("nowhere", new AdoptRunsRequest { Remote_ids = [one] }));
        await RefuseAsync("listing_not_supported", () => vigil.ListRunsAsync("gloriamundo"));
        await RefuseAsync("listing_not_supported", () => vigil.AdoptRunsAsync("gloriamundo", new AdoptRunsRequest { Filter = new RunFilter() }));
    }

    private static async Task ConnectAsync(GeneratedVigil vigil)
    {
        Assert.Contains("workflow", (await vigil.ListConnectionsAsync()).Items.Single(connection => connection.Name == "cognite").Target_kinds);
        Assert.Equal(("suspended", "paused"), await vigil.PauseConnectionAsync("cognite") is var paused ? (paused.State, paused.Reason) : default);
        Assert.Equal("active", (await vigil.ResumeConnectionAsync("cognite")).State);
    }

    private static StartRequest RequestOf(string connection, string kind, string target, string? version = null) =>
        new() { Connection = connection, Target = new RequestedTarget { Kind = kind, Id = target, Version = version }, Deadline_seconds = 3600 };

    private static async Task<Execution> EndAsync(GeneratedVigil vigil, string id)
    {
        while (true)
        {
            if (await vigil.GetExecutionAsync(id, wait: "60s") is { Terminal: true } ended)
            {
                return ended;
            }
        }
    }

    private static async Task<Problem> RefuseAsync(string code, Func<Task> call)
    {
        var refused = (await Assert.ThrowsAsync<ApiException<Problem>>(call)).Result;
        Assert.Contains(code, refused.Code);
        return refused;
    }
}
