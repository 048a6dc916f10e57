namespace Vigil.Silo.Tests.Packages;

/// <summary>A program of a user's, built against the packages alone.</summary>
public sealed class UserProgramTests
{
    [Fact]
    public async Task App_WithASiloOfItsOwn_AddsVigilToIt()
    {
        var data = Directory.CreateTempSubdirectory("vigil-");
        try
        {
            var program = await UserProgram.BuildAsync(Path.Combine(PackageFolder.Repository, "tests", "Vigil.Silo.Tests", "Packages", "CoHost"));

            Assert.Contains("Succeeded, run 1, reminder daily", await Dotnet.RunAsync(data.FullName, program, data.FullName), StringComparison.Ordinal);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
