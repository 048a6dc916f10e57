using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Simulator;

/// <summary>The JSON options of the simulator.</summary>
internal static class SimulatorJson
{
    /// <summary>For the platforms' bodies: names as in the code, including nulls.</summary>
    public static readonly JsonSerializerOptions Wire = new() { MaxDepth = 256 };

    /// <summary>For the admin endpoints: snake_case, and unknown members are errors.</summary>
    public static readonly JsonSerializerOptions Admin = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // It is read by people in a terminal.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };
}
