using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Vigil.Silo;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed partial class OperatorDashboardTests(VigilApp app) : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Dashboard_NotAskedFor_IsNotThere()
    {
        using var page = await app.Http.GetAsync(new Uri("/orleans/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    [Fact]
    public async Task Dashboard_Enabled_AnswersAndLoadsNothingFromElsewhere()
    {
        await using var silo = await StartAsync("true");
        using var http = new HttpClient { BaseAddress = new(silo.Address) };

        var page = await http.GetStringAsync(new Uri("/orleans/", UriKind.Relative));
        var styles = await http.GetStringAsync(new Uri("/orleans/index.css", UriKind.Relative));
        using var figures = await http.GetAsync(new Uri("/orleans/ClusterStats", UriKind.Relative));
        var description = await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        Assert.Contains("index.min.js", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(LoadedFromElsewhere(), page);
        Assert.DoesNotMatch(LoadedFromElsewhere(), styles);
        Assert.Equal(HttpStatusCode.OK, figures.StatusCode);
        Assert.DoesNotContain("/orleans", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_NeitherOnNorOff_IsAStartErrorThatNamesTheSetting()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync("maybe"));

        Assert.Contains("Vigil:Dashboard:Enabled 'maybe' must be true or false.", StartError.Explain(error));
    }

    [GeneratedRegex("""(?:src\s*=|<link[^>]*href\s*=|url\(|@import)\s*["']?(?:https?:)?//""")]
    private static partial Regex LoadedFromElsewhere();

    private Task<RunningSilo> StartAsync(string enabled) => RunningSilo.StartAsync(
        new(_data.FullName, Port: 0, Simulate: false, Quiet: true) { Settings = new Dictionary<string, string?> { ["Vigil:Dashboard:Enabled"] = enabled } },
        CancellationToken.None);
}
