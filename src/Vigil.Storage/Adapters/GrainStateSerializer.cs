using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace Vigil.Storage.Adapters;

/// <summary>Turns grains' states into JSON and back, in the form that the host has set for them.</summary>
internal sealed class GrainStateSerializer(JsonSerializerOptions json) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input!, TypeOf<T>()));

    // The caller takes null for a state that is not there.
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize(input.ToMemory().Span, TypeOf<T>())!;

    private JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T));
}
