using System.Net;
using Vigil.Platforms;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.Fuzz;

/// <summary>
/// Feeds an adapter spoilt answers. Whatever comes, it must answer or throw <see cref="PlatformException"/>, and it must never report an
/// end that the body does not state. More rounds: <c>VIGIL_FUZZ_COUNT</c>; the same rounds again: <c>VIGIL_FUZZ_SEED</c>.
/// </summary>
internal sealed class AdapterFuzz(IPlatform platform, ITestOutputHelper output, params (string Key, string Value)[] settings)
{
    private static readonly HttpStatusCode[] Statuses = [(HttpStatusCode)200, (HttpStatusCode)200, (HttpStatusCode)200, (HttpStatusCode)200, (HttpStatusCode)201,
        (HttpStatusCode)206, (HttpStatusCode)302, (HttpStatusCode)400, (HttpStatusCode)404, (HttpStatusCode)429, (HttpStatusCode)500];

    /// <summary>Runs the rounds.</summary>
    /// <param name="answers">The platform's valid answers.</param>
    /// <param name="ask">Asks the adapter something and returns what it understood.</param>
    /// <param name="statesEnd">Tells whether a body, read without the adapter, states this end for the run that was asked about.</param>
    public async Task RunAsync(
        IReadOnlyList<string> answers, Func<IPlatformConnection, Random, Task<IEnumerable<Snapshot>>> ask, Func<JsonElement, Snapshot, bool> statesEnd)
    {
        var foreign = Recorded.All().Select(recorded => recorded.Text).Except(answers).ToList();
        var seed = Number("VIGIL_FUZZ_SEED") ?? Random.Shared.Next();
        var count = Number("VIGIL_FUZZ_COUNT") ?? 1_000;
        output.WriteLine($"{platform.Name}: {count} rounds, VIGIL_FUZZ_SEED={seed}");
        for (var round = 0; round < count; round++)
        {
            var random = new Random(unchecked((seed * 31) + round));
            var mutator = new AnswerMutator(random, answers, foreign);
            var sent = new List<Mutation>();
            var far = new StubPlatform(_ => Respond(mutator, random, sent));
            try
            {
                await using var connection = platform.To(far, Connected.Options(platform.Name, settings));
                foreach (var snapshot in await ask(connection, random))
                {
                    Check(snapshot, sent, statesEnd);
                }
            }
            catch (PlatformException e)
            {
                Assert.NotEmpty(e.Error.Code);
                Assert.DoesNotContain(Connected.Secret, e.Error.Message, StringComparison.Ordinal);
                Assert.True(PlainText.IsPlain(e.Error.Message), e.Error.Message);
            }
            catch (Exception e)
            {
                var bodies = string.Join('\n', sent.Select(mutation => $"{mutation.What}: {Encoding.UTF8.GetString(mutation.Body.AsSpan(0, Math.Min(2_000, mutation.Body.Length)))}"));
                throw new InvalidOperationException($"Round {round} of VIGIL_FUZZ_SEED={seed} with {bodies}", e);
            }
        }
    }

    private static void Check(Snapshot snapshot, List<Mutation> sent, Func<JsonElement, Snapshot, bool> statesEnd)
    {
        Assert.NotEmpty(snapshot.RawStatus);
        Assert.Equal(snapshot.Steps.Length, snapshot.Steps.Select(step => step.Id).Distinct().Count());
        Assert.False(snapshot.UnknownStatus && snapshot.Status.IsTerminal());

        // What goes on from here is written as JSON: nothing in it may be what JSON cannot say.
        CheckPlain(JsonSerializer.SerializeToElement(snapshot));
        foreach (var text in snapshot.Steps.SelectMany(step => new[] { step.Input, step.Output, step.Details }).Append(snapshot.Output).Append(snapshot.Details).OfType<string>())
        {
            JsonElement.Parse(text);
        }

        if (snapshot.Status.IsTerminal())
        {
            Assert.Contains(sent, mutation => statesEnd(Read(mutation), snapshot));
        }
    }

    // A path is sent back to the platform as it came; inputs and outputs are JSON.
    private static void CheckPlain(JsonElement element, string name = "")
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    CheckPlain(member.Value, member.Name);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckPlain(item, name);
                }

                break;
            case JsonValueKind.String when name is not (nameof(ExecutionFile.Path) or nameof(Snapshot.Output) or nameof(StepSnapshot.Input) or nameof(Snapshot.Raw) or nameof(Snapshot.Details)):
                Assert.True(PlainText.IsPlain(element.GetString()!), $"{name} is {element}.");
                break;
        }
    }

    private static JsonElement Read(Mutation mutation)
    {
        // Half characters, which the mutator writes so and .NET refuses to read, are no word that states anything.
        var text = Encoding.UTF8.GetString(mutation.Inflated ?? mutation.Body).Replace(@"\ud800", "?", StringComparison.Ordinal);
        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = 1_000 });
        }
        catch (JsonException)
        {
            var repair = new JsonRepair(PlatformHttp.MaxResponseBytes);
            return repair.Feed(Encoding.UTF8.GetBytes(text)) && repair.Complete() is { } mended
                ? JsonElement.Parse(mended.Memory.Span, new JsonDocumentOptions { MaxDepth = 1_000 })
                : default;
        }
    }

    private static HttpResponseMessage Respond(AnswerMutator mutator, Random random, List<Mutation> sent)
    {
        var mutation = mutator.Next();
        sent.Add(mutation);
        var content = new ByteArrayContent(mutation.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(10) switch
        {
            0 => "text/html",
            1 => "application/json; charset=utf-16",
            2 => "application/json; charset=nonsense",
            3 => "///",
            _ => "application/json",
        });
        if (mutation.Encoding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", mutation.Encoding);
        }

        return new HttpResponseMessage(Statuses[random.Next(Statuses.Length)]) { Content = content };
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : null;
}
