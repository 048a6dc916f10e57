using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Gateway.Tests;

/// <summary>The files of an execution, over HTTP: listed, streamed, in part, under names that nobody chose with care, and cut off on the way.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class FilesTests(VigilApp app)
{
    private const string Text = "id,total\n1,10\n";

    [Fact]
    public async Task File_IsListedAndStreamedWhole()
    {
        var file = await RunAsync("report.csv");

        using var answer = await app.Http.GetAsync(file);

        Assert.Equal((HttpStatusCode.OK, Text), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(("text/csv", Text.Length), (answer.Content.Headers.ContentType?.MediaType, (int)answer.Content.Headers.ContentLength!));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task File_Range_IsStreamedInPart()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await RunAsync("report.csv"));
        request.Headers.Range = new(3, 7);

        using var answer = await app.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.PartialContent, "total"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal($"bytes 3-7/{Text.Length}", answer.Content.Headers.ContentRange?.ToString());
    }

    [Theory]
    [InlineData("summary.json", "summary.json", "summary.json")]
    [InlineData("../../etc/passwd", "passwd", "passwd")]
    [InlineData("C:\\secrets\\a.txt", "a.txt", "a.txt")]
    [InlineData("отчёт ж.csv", "отчёт ж.csv", "_____ _.csv")]
    [InlineData("two\r\nSet-Cookie: a=b", "twoSet-Cookie: a=b", "twoSet-Cookie: a=b")]
    [InlineData("a\"b.txt", "a\"b.txt", "a\\\"b.txt")]
    public async Task File_AnyName_IsOneSafeNameInBothForms(string name, string safe, string plain)
    {
        using var answer = await app.Http.GetAsync(await RunAsync(name));

        var disposition = answer.Content.Headers.ContentDisposition!;
        Assert.Equal(("attachment", safe, plain), (disposition.DispositionType, disposition.FileNameStar, disposition.FileName?.Trim('"')));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task File_DownloadBreaksOff_BreaksOffHereToo_AndTheNextOneIsWhole()
    {
        var file = await RunAsync("report.csv");
        using var rule = await SimulateAsync("faults", new { id = "cut-download", kind = "truncated", platform = "agentic", operation = "download", count = 1 });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.Http.GetByteArrayAsync(file));

        Assert.Equal(Text, await app.Http.GetStringAsync(file));
    }

    [Fact]
    public async Task File_PlatformRefusesTheDownload_IsItsFaultAndSaysSo()
    {
        var file = await RunAsync("report.csv");
        using var rule = await SimulateAsync("faults", new { id = "no-download", kind = "status", status = 503, platform = "agentic", operation = "download", count = 1 });

        var (status, problem) = await app.GetAsync(file);

        Assert.True((int)status is 502 or 503, $"{(int)status} {problem}");
        Assert.NotNull((string?)problem["code"]);
    }

    [Fact]
    public async Task File_Unknown_IsNotFound()
    {
        var file = await RunAsync("report.csv");

        var (status, problem) = await app.GetAsync(file[..file.LastIndexOf('/')] + "/nosuch");

        Assert.Equal((HttpStatusCode.NotFound, "file_not_found"), (status, (string?)problem["code"]));
    }

    /// <summary>Runs a flow that leaves one file of this name, and returns the file's path in the API.</summary>
    private async Task<string> RunAsync(string name)
    {
        var target = VigilApp.NewKey();
        object[] files = [new { name, text = Text, content_type = "text/csv" }];
        using var scripted = await SimulateAsync("scripts", new { platform = "agentic", target, script = new { steps = new[] { new { name = "write", duration = 0.1, files } } } });
        var (_, started) = await app.PostAsync("/v1/executions", new JsonObject
        {
            ["connection"] = "agentic",
            ["target"] = new JsonObject { ["kind"] = "flow", ["id"] = target },
        }.ToJsonString());
        await app.EndAsync((string)started["id"]!);
        var (_, listed) = await app.GetAsync($"/v1/executions/{started["id"]}/files");
        return $"/v1/executions/{started["id"]}/files/{Assert.Single(listed["items"]!.AsArray())!["id"]}";
    }

    private async Task<HttpResponseMessage> SimulateAsync(string what, object body)
    {
        using var http = new HttpClient { BaseAddress = app.Silo.SimulatorAddress };
        var answer = await http.PostAsJsonAsync($"/_sim/{what}", body);
        return answer.EnsureSuccessStatusCode();
    }
}
