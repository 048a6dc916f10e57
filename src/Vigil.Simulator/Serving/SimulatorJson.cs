using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Simulator;

internal static class SimulatorJson
{
    /// <summary>For the platforms' bodies: names as in the code, with nulls.</summary>
    public static readonly JsonSerializerOptions Wire = new() { MaxDepth = 256 };

    /// <summary>For the admin endpoints: snake_case, and unknown members are errors.</summary>
    public static readonly JsonSerializerOptions Admin = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // Readable in a terminal.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };
}
