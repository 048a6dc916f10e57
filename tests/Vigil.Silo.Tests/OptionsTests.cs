using System.Diagnostics;

namespace Vigil.Silo.Tests;

/// <summary>The command's options, given to the program itself.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("65536")]
    public async Task Port_ThatIsNone_IsRefusedWithWhatIsAllowed(string port)
    {
        var (code, output, error) = await RunAsync(["--port", port]);

        Assert.Equal((1, "--port must be from 0 to 65535."), (code, error.Trim()));
        Assert.Contains("--port <N>", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_OutOfRange_AreAllToldWithWhatIsAllowed()
    {
        var (code, _, error) = await RunAsync(
            ["--port", "0"],
            ("Vigil__Polling__MaxConcurrentStarts", "0"),
            ("Vigil__Recovery__AuditInterval", "1.00:00:00"),
            ("Vigil__Delivery__Timeout", "00:00:00"),
            ("Vigil__Stopping__StartsTimeout", "-00:00:01"));

        Assert.Equal(1, code);
        string[] expected =
        [
            "MaxConcurrentStarts must be between 1 and 10000.", "AuditInterval must be between 00:00:01 and 00:10:00.",
            "Timeout must be between 00:00:01 and 00:10:00.", "StartsTimeout must be between 00:00:00 and 00:10:00.",
        ];
        Assert.All(expected, text => Assert.Contains(text, error, StringComparison.Ordinal));
        Assert.Equal(1 + expected.Length, error.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task Settings_OfWrongTypes_AreToldTogetherWithAllOtherErrors()
    {
        var (code, _, error) = await RunAsync(
            ["--port", "0"],
            ("Vigil__Polling__MaxCadence", "7 days"),
            ("Vigil__Polling__MaxConcurrentStarts", "0"),
            ("Vigil__Clustering__SiloPort", "many"),
            ("Vigil__Nonsense__Timeout", "1"),
            ("Vigil__Connections__0__Name", "gm"));

        Assert.Equal(1, code);
        string[] expected =
        [
            "Vigil:Polling:MaxCadence '7 days' must be a time from 00:00:01 to 01:00:00", "MaxConcurrentStarts must be between 1 and 10000.",
            "Vigil:Clustering:SiloPort 'many' must be a whole number from 0 to 65535.", "Vigil:Clustering is set, but Vigil:Store:ConnectionString is not",
            "Vigil:Nonsense is not a setting.", "Vigil:Connections:0 (gm): Platform '' is unknown",
        ];
        Assert.All(expected, text => Assert.Contains(text, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Vigil__Polling__MaxConcurrentSarts", "3", "Vigil:Polling:MaxConcurrentSarts is not a setting; did you mean MaxConcurrentStarts? The settings are MaxConcurrentRequests, MaxConcurrentStarts")]
    [InlineData("Vigil__Poling__MaxConcurrentStarts", "3", "Vigil:Poling is not a setting; did you mean Polling? The settings are Store, Clustering, Polling")]
    [InlineData("Vigil__Store__DataFoldr", "data", "Vigil:Store:DataFoldr is not a setting; did you mean DataFolder? The settings are ConnectionString, DataFolder.")]
    [InlineData("Vigil__Store__DataFolder__Name", "data", "Vigil:Store:DataFolder:Name is not a setting; there are none here.")]
    [InlineData("Vigil__Stoping__Timeout", "00:00:30", "did you mean Stopping?")]
    [InlineData("Vigil__Dashboard__Enable", "true", "Vigil:Dashboard:Enable is not a setting; did you mean Enabled? The settings are Enabled.")]
    [InlineData("Vigil__Connections__0__Credentials", "x", "Vigil:Connections:0:Credentials is not a setting; did you mean Credential? The settings are Name, Platform")]
    [InlineData("Vigil__Connections__0__Settings__auth_heade", "x", "Vigil:Connections:0 (gm): Settings:auth_heade is not a setting; did you mean auth_header?")]
    [InlineData("Vigil__Nonsense__Timeout", "1", "Vigil:Nonsense is not a setting. The settings are Store, Clustering, Polling")]
    [InlineData("Vigil__Polling__MaxCadence", "soon", "Vigil:Polling:MaxCadence 'soon' must be a time from 00:00:01 to 01:00:00, written like 00:00:15.")]
    [InlineData("Vigil__Polling__MaxConcurrentStarts", "1.5", "Vigil:Polling:MaxConcurrentStarts '1.5' must be a whole number from 1 to 10000.")]
    public async Task Setting_ThatCannotBeRead_IsNamed(string name, string value, string named)
    {
        (string, string)[] connection = [("Vigil__Connections__0__Name", "gm"), ("Vigil__Connections__0__Platform", "gloriamundo"), ("Vigil__Connections__0__Credential", "x"), ("Vigil__Connections__0__BaseAddress", "http://127.0.0.1:1/")];
        var (code, _, error) = await RunAsync(["--port", "0"], [.. connection, (name, value)]);

        Assert.Equal(1, code);
        Assert.Contains(named, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var folder = Directory.CreateTempSubdirectory("vigil-options-");
        var start = new ProcessStartInfo("dotnet", [typeof(SiloOptions).Assembly.Location, "--data", folder.FullName, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var silo = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var kill = limit.Token.Register(silo.Kill);
        var output = silo.StandardOutput.ReadToEndAsync();
        var error = await silo.StandardError.ReadToEndAsync();
        await silo.WaitForExitAsync();
        folder.Delete(recursive: true);
        return (silo.ExitCode, await output, error);
    }
}
