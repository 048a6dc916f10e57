using System.Reflection;

namespace Vigil;

/// <summary>The version of Vigil.</summary>
public static class VigilVersion
{
    /// <summary>Gets the version of this process, such as <c>1.4.0</c>.</summary>
    public static string Current { get; } =
        typeof(VigilVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
