using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace Vigil.Storage.Adapters;

/// <summary>Serializes grain states as JSON with the host's serializer options.</summary>
internal sealed class GrainStateSerializer(JsonSerializerOptions json) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input!, TypeOf<T>()));

    // The caller handles null.
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize(input.ToMemory().Span, TypeOf<T>())!;

    private JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T));
}
