using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Vigil.Silo.Tests.Executable;
using Vigil.Silo.Tests.Postgres;
using Vigil.Testing;
using Xunit.Abstractions;

namespace Vigil.Silo.Tests.Http;

/// <summary>
/// Sends the program spoilt requests. It must never answer that something went wrong inside, nor show its insides, nor log more than a line for a request.
/// More requests: <c>VIGIL_FUZZ_COUNT</c>; the same ones again: <c>VIGIL_FUZZ_SEED</c>.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int MaxLine = 2048;

    // What a platform may be to blame for; the store and the silo are well.
    private static readonly string[] HonestCodes = ["platform_unavailable"];
    private static readonly string[] Insides = ["   at ", ".cs:line", "Vigil.Gateway", "Npgsql", "System.", "reader options"];

    [Fact]
    public Task Requests_HoweverSpoilt_MeetNoFaultOfOurs() => SendAsync();

    [PostgresFact]
    public async Task Requests_HoweverSpoilt_MeetNoFaultOfOurs_OnPostgres()
    {
        await using var server = await PostgresServer.StartAsync();
        await SendAsync(("Vigil__Store__ConnectionString", await server.CreateDatabaseAsync()));
    }

    private async Task SendAsync(params (string, string)[] settings)
    {
        var seed = Number("VIGIL_FUZZ_SEED") ?? Random.Shared.Next();
        var count = Number("VIGIL_FUZZ_COUNT") ?? 3_000;
        output.WriteLine($"{count} requests, VIGIL_FUZZ_SEED={seed}");
        await using var silo = await SiloExecutable.ListeningAsync(["--simulate"], [("Logging__LogLevel__Vigil", "Warning"), ("Logging__LogLevel__Vigil.Silo", "Information"), .. settings]);
        var printed = silo.Lines.Length;
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(5) };
        var faults = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (round, cancellation) =>
        {
            var spoilt = new SpoiltRequest(new Random(unchecked((seed * 31) + round)), silo.Address);
            using var request = spoilt.Message();
            using var response = await http.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            statuses.AddOrUpdate((int)response.StatusCode, 1, (_, seen) => seen + 1);
            if (WhyNot(request, response, text) is { } fault)
            {
                faults.Enqueue($"Round {round} of VIGIL_FUZZ_SEED={seed}: {fault}\n{spoilt}\n{(int)response.StatusCode} {text[..Math.Min(text.Length, 1000)]}");
            }
        });

        output.WriteLine(string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Key}: {status.Value}")));
        Assert.Empty(faults);
        var lines = silo.Lines[printed..];
        Assert.All(lines, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, MaxLine));
        Assert.DoesNotContain(lines, line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }

    private static string? WhyNot(HttpRequestMessage request, HttpResponseMessage response, string text)
    {
        var status = (int)response.StatusCode;
        if (status < 400 || request.Method == HttpMethod.Head || text.Length == 0)
        {
            // The server itself answers 400 with no body where it cannot even read the address.
            return status is < 400 or 400 || request.Method == HttpMethod.Head ? null : "an error without a body";
        }

        var code = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? (string?)JsonNode.Parse(text)!["code"] : null;
        return code is null ? "no problem with a code"
            : status >= 500 && !HonestCodes.Contains(code) ? "a fault"
            : Insides.FirstOrDefault(inside => text.Contains(inside, StringComparison.Ordinal)) is { } inside ? $"it shows '{inside}'"
            : null;
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
