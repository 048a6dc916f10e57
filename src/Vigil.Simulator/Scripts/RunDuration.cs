using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vigil.Simulator;

/// <summary>A duration that is fixed or drawn at random for each run. In JSON, a number of seconds or an object.</summary>
[JsonConverter(typeof(RunDurationConverter))]
public sealed record RunDuration
{
    /// <summary>A duration of zero.</summary>
    public static readonly RunDuration Zero = new();

    /// <summary>Gets the duration, or the mean if it is drawn at random.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets how it is drawn. Default: <see cref="DurationDistribution.Fixed"/>.</summary>
    public DurationDistribution Distribution { get; init; }

    /// <summary>Gets the maximum difference from the mean; used by <see cref="DurationDistribution.Uniform"/>.</summary>
    public double SpreadSeconds { get; init; }

    /// <summary>Returns the duration for a random number from 0 (inclusive) to 1 (exclusive).</summary>
    public TimeSpan Draw(double random) => TimeSpan.FromSeconds(Math.Max(0, Distribution switch
    {
        DurationDistribution.Uniform => Seconds + (SpreadSeconds * ((2 * random) - 1)),
        DurationDistribution.Exponential => -Seconds * Math.Log(1 - random),
        _ => Seconds,
    }));
}

/// <summary>How a <see cref="RunDuration"/> is drawn.</summary>
public enum DurationDistribution
{
    /// <summary>Always the same.</summary>
    Fixed = 0,

    /// <summary>Evenly within the spread.</summary>
    Uniform = 1,

    /// <summary>Mostly short, occasionally long.</summary>
    Exponential = 2,
}

internal sealed class RunDurationConverter : JsonConverter<RunDuration>
{
    public override RunDuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return new RunDuration { Seconds = reader.GetDouble() };
        }

        var drawn = JsonSerializer.Deserialize<DrawnDuration>(ref reader, options) ?? throw new JsonException("A duration must be a number of seconds or an object.");
        return new RunDuration { Seconds = drawn.Seconds, Distribution = drawn.Distribution, SpreadSeconds = drawn.SpreadSeconds };
    }

    public override void Write(Utf8JsonWriter writer, RunDuration value, JsonSerializerOptions options)
    {
        if (value.Distribution == DurationDistribution.Fixed)
        {
            writer.WriteNumberValue(value.Seconds);
        }
        else
        {
            JsonSerializer.Serialize(writer, new DrawnDuration(value.Seconds, value.Distribution, value.SpreadSeconds), options);
        }
    }
}

internal sealed record DrawnDuration(
    [property: Range(0, 1e9)] double Seconds, DurationDistribution Distribution = DurationDistribution.Fixed, [property: Range(0, 1e9)] double SpreadSeconds = 0);
