using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Vigil.Silo;

/// <summary>Prints the product name with the version.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    /// <summary>Gets the product's version, with the commit.</summary>
    public static string Version { get; } = typeof(PrintVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"Vigil {Version}");
        return 0;
    }
}
