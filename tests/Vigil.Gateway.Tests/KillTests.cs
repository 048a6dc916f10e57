using Vigil.Gateway.Tests.Postgres;
using Vigil.Kill;
using Xunit.Abstractions;

namespace Vigil.Gateway.Tests;

/// <summary>
/// Short trials with silos in processes of their own: one is killed, frozen and hurt otherwise while executions run, another is frozen until it is dead
/// for the others, and then every promise is checked. <c>Vigil.Kill run</c> does the first for longer, with other seeds and several silos.
/// </summary>
[Collection(nameof(KillTests))]
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>This one sets the clock, kills, kills at a write, fills the disk where a small one can be mounted, and freezes, as far as its time reaches.</summary>
    private const int Seed = 1581;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Trial_SiloHurtAgainAndAgain_KeepsEveryPromise()
    {
        var problems = await new KillRun(Seed, Length, silos: 1, output.WriteLine).RunAsync(CancellationToken.None);

        Assert.Empty(problems);
    }

    [PostgresFact]
    public async Task Silo_FrozenUntilAnotherHasTakenOver_DoesNothingTwiceWhenItWakesUp()
    {
        var problems = await new FreezeRun(silos: 2, output.WriteLine).RunAsync(CancellationToken.None);

        Assert.Empty(problems);
    }
}

/// <summary>Runs beside nothing else: a trial takes the machine for itself.</summary>
[CollectionDefinition(nameof(KillTests), DisableParallelization = true)]
public sealed class KillCollection;
