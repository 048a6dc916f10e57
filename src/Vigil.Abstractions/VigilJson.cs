using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>
/// Reads and writes Vigil's records without reflection. Their JSON form (names and enum values in snake_case, times as ISO 8601 in UTC) is declared on the
/// records themselves, so they look the same with an app's own options.
/// </summary>
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(ExecutionEvent))]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(ImmutableArray<Step>))]
[JsonSerializable(typeof(ImmutableArray<ExecutionFile>))]
[JsonSerializable(typeof(ExecutionList))]
[JsonSerializable(typeof(StepList))]
[JsonSerializable(typeof(ConnectionStatus))]
[JsonSerializable(typeof(ImmutableArray<ConnectionStatus>))]
[JsonSerializable(typeof(ImmutableArray<FieldError>))]
[JsonSerializable(typeof(ExecutionStats))]
[JsonSerializable(typeof(PlatformRunList))]
[JsonSerializable(typeof(StartExecution))]
[JsonSerializable(typeof(AdoptExecution))]
public sealed partial class VigilJson : JsonSerializerContext;

/// <summary>Writes an enum as its name in snake_case.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;

/// <summary>Writes <see cref="PendingWork"/> as an array of its names.</summary>
public sealed class PendingWorkConverter : JsonConverter<PendingWork>
{
    private static readonly ImmutableArray<PendingWork> Kinds = [PendingWork.Detail, PendingWork.Steps, PendingWork.CancelRemote, PendingWork.Reminder];

    /// <inheritdoc />
    public override PendingWork Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var names = document.RootElement.EnumerateArray().Select(element => element.GetString()).ToHashSet();
        return Kinds.Where(kind => names.Contains(NameOf(kind))).Aggregate(PendingWork.None, (sum, kind) => sum | kind);
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, PendingWork value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        foreach (var kind in Kinds.Where(kind => value.HasFlag(kind)))
        {
            writer.WriteStringValue(NameOf(kind));
        }

        writer.WriteEndArray();
    }

    private static string NameOf(PendingWork kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}

/// <summary>Writes a string of JSON text as JSON, and reads any JSON value as its text.</summary>
public sealed class JsonTextConverter : JsonConverter<string?>
{
    /// <inheritdoc />
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(value);
        }
    }
}

/// <summary>Writes a duration as its number of seconds.</summary>
public sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc />
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value.TotalSeconds);
    }
}
