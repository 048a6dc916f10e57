using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigil.Simulator;

/// <summary>A time that is fixed, or drawn anew for each run. In JSON a number of seconds, or an object.</summary>
[JsonConverter(typeof(RunDurationConverter))]
public sealed record RunDuration
{
    /// <summary>No time at all.</summary>
    public static readonly RunDuration Zero = new();

    /// <summary>Gets the time; the mean where it is drawn.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets how it is drawn. Default: not at all.</summary>
    public DurationDistribution Distribution { get; init; }

    /// <summary>Gets how far a drawn time may be from the mean, where the distribution has bounds.</summary>
    public double SpreadSeconds { get; init; }

    /// <summary>Returns the time for one throw of the dice.</summary>
    /// <param name="dice">From 0 to 1, without 1.</param>
    public TimeSpan Draw(double dice) => TimeSpan.FromSeconds(Math.Max(0, Distribution switch
    {
        DurationDistribution.Uniform => Seconds + (SpreadSeconds * ((2 * dice) - 1)),
        DurationDistribution.Exponential => -Seconds * Math.Log(1 - dice),
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

    /// <summary>Mostly short and now and then long.</summary>
    Exponential = 2,
}

/// <summary>Reads a number as a fixed time.</summary>
internal sealed class RunDurationConverter : JsonConverter<RunDuration>
{
    public override RunDuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return new RunDuration { Seconds = reader.GetDouble() };
        }

        var drawn = JsonSerializer.Deserialize<DrawnDuration>(ref reader, options) ?? throw new JsonException("A duration is a number or an object.");
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

/// <summary>How a time that is drawn is written.</summary>
internal sealed record DrawnDuration(
    [property: Range(0, 1e9)] double Seconds, DurationDistribution Distribution = DurationDistribution.Fixed, [property: Range(0, 1e9)] double SpreadSeconds = 0);
