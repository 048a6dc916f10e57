using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Simulator;

/// <summary>How the simulator writes and reads JSON.</summary>
internal static class SimulatorJson
{
    /// <summary>The platforms' bodies: names as they are written in the code, nulls written.</summary>
    public static readonly JsonSerializerOptions Wire = new() { MaxDepth = 256 };

    /// <summary>The admin endpoint: snake_case, and a word that it does not know is an error.</summary>
    public static readonly JsonSerializerOptions Admin = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // People read it in a terminal.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };
}
