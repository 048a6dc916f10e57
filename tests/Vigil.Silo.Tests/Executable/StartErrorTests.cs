using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Vigil.Silo.Tests.Executable;

/// <summary>Starts that fail for a reason outside of the program: one line says why.</summary>
public sealed class StartErrorTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-error-");

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData("--data must be a folder.", "--data", "")]
    [InlineData("Vigil cannot start: The data folder '/dev/null' cannot be used:", "--data", "/dev/null")]
    [InlineData("Vigil cannot start: The simulator cannot keep its runs in '/dev/null/simulator.jsonl':", "--simulate", "--data", "/dev/null")]
    [InlineData("Vigil cannot start: Could not find file '/dev/nothing.json'.", "--simulate", "--scripts", "/dev/nothing.json")]
    [InlineData("--simulator must be an address such as http://127.0.0.1:5090.", "--simulator", "nowhere")]
    public async Task Option_ThatCannotBeUsed_IsExplained(string expected, params string[] arguments) => await ExplainsAsync(expected, arguments);

    [Theory]
    [InlineData("Vigil cannot start: PostgreSQL at 127.0.0.1:1, database 'x' failed:", "Vigil__Store__ConnectionString", "Host=127.0.0.1;Port=1;Database=x;Username=v")]
    [InlineData("Vigil cannot start: Configuration value 'loud' is not supported.", "Logging__LogLevel__Default", "loud")]
    public async Task Setting_ThatCannotBeUsed_IsExplained(string expected, string name, string value) => await ExplainsAsync(expected, [], (name, value));

    [Fact]
    public async Task Configuration_ThatIsNotJson_IsExplainedInOneLine()
    {
        var file = Path.Combine(_data.FullName, "appsettings.json");
        await File.WriteAllTextAsync(file, """{ "Vigil": """);

        var error = Assert.Throws<InvalidDataException>(() => new ConfigurationBuilder().AddJsonFile(file).Build());

        var line = Assert.Single(StartError.Explain(error));
        Assert.StartsWith($"Failed to load configuration from file '{file}'.", line, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 0", line, StringComparison.Ordinal);
    }

    [Fact]
    public void FaultOfVigil_IsExplainedInOneLineThatNamesThePlace()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Broken());

        Assert.Equal("It broke. Badly. (InvalidOperationException in StartErrorTests.Broken)", Assert.Single(StartError.Explain(error)));
    }

    [Fact]
    public async Task Port_ThatIsInUse_IsNamed()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await ExplainsAsync($"Vigil cannot start: port {port} is in use:", ["--port", $"{port}"]);
    }

    private static void Broken() => throw new InvalidOperationException("It broke.\nBadly.");

    private async Task ExplainsAsync(string expected, string[] arguments, params (string Name, string Value)[] environment)
    {
        string[] defaults = [.. arguments.Contains("--data") ? [] : new[] { "--data", _data.FullName }, .. arguments.Contains("--port") ? [] : new[] { "--port", "0" }];
        await using var silo = SiloExecutable.Start([.. defaults, .. arguments], environment);

        Assert.Equal(1, await silo.ExitAsync());
        Assert.StartsWith(expected, Assert.Single(silo.Errors, line => line.Length > 0), StringComparison.Ordinal);
        Assert.DoesNotContain(silo.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }
}
