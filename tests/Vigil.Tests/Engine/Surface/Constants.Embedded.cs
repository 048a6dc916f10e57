using System.Globalization;
using System.Reflection.Metadata;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Writes constants as C# would.</summary>
internal static class Constants
{
    internal static string Write(MetadataReader reader, ConstantHandle handle)
    {
        var constant = reader.GetConstant(handle);
        return reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode) switch
        {
            null => "default",
            bool value => value ? "true" : "false",
            string value => $"\"{value}\"",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }
}
