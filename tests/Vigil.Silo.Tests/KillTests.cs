using Vigil.Silo.Tests.Postgres;
using Vigil.Kill;
using Xunit.Abstractions;

namespace Vigil.Silo.Tests;

/// <summary>
/// Short trials with silos in processes of their own: one is killed, frozen and hurt otherwise while executions run, another is frozen until it is dead
/// for the others, and then every promise is checked. <c>Vigil.Kill run</c> does the first for longer, with other seeds and several silos.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>Any will do: each kind of fault that fits into the time comes before one comes again.</summary>
    private const int Seed = 1581;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Trial_SiloHurtAgainAndAgain_KeepsEveryPromise()
    {
        var problems = await new KillRun(Seed, Length, silos: 1, output.WriteLine).RunAsync(CancellationToken.None);

        Assert.Empty(problems);
    }

    [Fact]
    public async Task Checker_EveryMutant_NamesThePromiseThatItBreaks()
    {
        var missed = await new MutantWorld(output.WriteLine).RunAsync(CancellationToken.None);

        Assert.Empty(missed);
    }

    [PostgresFact]
    public async Task Silo_FrozenUntilAnotherHasTakenOver_DoesNothingTwiceWhenItWakesUp()
    {
        var problems = await new FreezeRun(silos: 2, output.WriteLine).RunAsync(CancellationToken.None);

        Assert.Empty(problems);
    }
}
