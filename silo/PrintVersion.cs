using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Vigil.Silo;

/// <summary>Prints the product name with the version.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(PrintVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        parseResult.InvocationConfiguration.Output.WriteLine($"Vigil {version}");
        return 0;
    }
}
