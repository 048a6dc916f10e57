using System.Diagnostics;
using Vigil.Silo;

namespace Vigil.Gateway.Tests;

/// <summary>The command's options, given to the program itself.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("65536")]
    public async Task Port_ThatIsNone_IsRefusedWithWhatIsAllowed(string port)
    {
        using var silo = Process.Start(new ProcessStartInfo("dotnet", [typeof(SiloOptions).Assembly.Location, "--port", port])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var kill = limit.Token.Register(silo.Kill);
        var output = silo.StandardOutput.ReadToEndAsync();
        var error = await silo.StandardError.ReadToEndAsync();
        await silo.WaitForExitAsync();

        Assert.Equal((1, "--port must be from 0 to 65535."), (silo.ExitCode, error.Trim()));
        Assert.Contains("--port <N>", await output, StringComparison.Ordinal);
    }
}
