using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Vigil.Silo;

/// <summary>Prints the version and the engine, for reports of what was seen where.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(PrintVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        parseResult.InvocationConfiguration.Output.WriteLine($"Vigil {version}, Orleans engine {Engine.Name}");
        return 0;
    }
}
