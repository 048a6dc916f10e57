using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vigil.Client;
using Vigil.Gateway.Api;

namespace Vigil.Gateway.Tests.Client;

/// <summary>A record of the HTTP API has one JSON form, whoever writes it with whatever options.</summary>
public sealed class JsonFormTests
{
    private static readonly Type[] BetweenGrains =
    [
        typeof(AdoptCounts), typeof(Backoff), typeof(ConnectionHealth), typeof(EventFilter), typeof(EventPage), typeof(EventQuery), typeof(ExecutionQuery),
        typeof(FileDownload), typeof(KeptAnswer),
        typeof(Observation), typeof(Snapshot), typeof(StepReport), typeof(StepSnapshot), typeof(StoredEvent), typeof(StepKey),
    ];

    /// <summary>Members whose name in requests is another one than in .NET.</summary>
    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["StartExecution.Deadline"] = "deadline_seconds",
        ["AdoptExecution.Deadline"] = "deadline_seconds",
        ["RunFilter.Statuses"] = "status",
        ["RunFilter.Targets"] = "target",
    };

    /// <summary>Options that an app may have for its own JSON.</summary>
    private static readonly ImmutableArray<JsonSerializerOptions> Options =
    [
        JsonSerializerOptions.Default,
        JsonSerializerOptions.Web,
        new() { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper, Converters = { new JsonStringEnumConverter() } },
    ];

    private static readonly ImmutableArray<IJsonTypeInfoResolver> Generated = [VigilJson.Default, ApiJson.Default];

    public static TheoryData<Type> Records =>
    [
        .. new[] { typeof(Execution), typeof(AdoptedRun) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => type.GetMethod("<Clone>$") is not null && !BetweenGrains.Contains(type)),
    ];

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_WithAnyOptions_HasTheSameForm(Type type)
    {
        var sample = SampleOf(type, "");

        var written = JsonSerializer.Serialize(sample, type);

        using var document = JsonDocument.Parse(written);
        Assert.Equal(NamesOf(type), document.RootElement.EnumerateObject().Select(member => member.Name).Order());
        Assert.DoesNotContain("AwaitingInput", written, StringComparison.Ordinal);
        Assert.DoesNotContain("SucceededWithErrors", written, StringComparison.Ordinal);
        Assert.All(OptionsFor(type), options => Assert.Equal(written, JsonSerializer.Serialize(sample, type, options)));
        Assert.All(Options.Take(2), options => Assert.Contains(written, JsonSerializer.Serialize(new { Order = 7, Row = sample }, options), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_ReadAgain_IsTheSame(Type type)
    {
        var written = JsonSerializer.Serialize(SampleOf(type, ""), type);

        Assert.All(
            OptionsFor(type),
            options => Assert.Equal(written, JsonSerializer.Serialize(JsonSerializer.Deserialize(written, type, options), type)));
    }

    /// <summary>An older gateway or an older row does not know the members that were added later.</summary>
    [Theory]
    [MemberData(nameof(Records))]
    public void Record_WithoutOptionalMembers_IsReadWithEmptyCollections(Type type)
    {
        var required = type.GetProperties().Where(property => property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute)))
            .ToDictionary(property => NameOf(property), property => property.PropertyType.IsValueType ? (object)Array.Empty<string>() : SampleOf(property.PropertyType, "id"));
        var json = JsonSerializer.Serialize(required);

        var read = OptionsFor(type).Select(options => JsonSerializer.Deserialize(json, type, options)!);

        Assert.All(read, record => Assert.All(
            type.GetProperties().Where(property => property.CanRead && property.PropertyType.IsAssignableTo(typeof(IEnumerable))),
            property => Assert.True(property.PropertyType == typeof(string) || !((IEnumerable?)property.GetValue(record))!.Cast<object>().Any(), property.Name)));
    }

    [Fact]
    public void List_ThatWasNeverSet_IsWrittenAsEmpty()
    {
        Assert.Equal("""{"next_cursor":null,"items":[]}""", JsonSerializer.Serialize(new ExecutionList(default, null)), ignoreAllWhiteSpace: true);
        Assert.Contains("\"steps\":[]", JsonSerializer.Serialize(Seen with { Steps = default }), StringComparison.Ordinal);
    }

    /// <summary>As 1.0 wrote it, of which rows and events are kept.</summary>
    [Fact]
    public void Execution_IsWrittenAsEver() => Assert.Equal(
        """
        {"id":"order-7","connection":"main","platform":"tiny","target":{"kind":"workflow","id":"w","version":null},"status":"awaiting_input","raw_status":null,
        "terminal":false,"attempt":1,"version":3,"remote_id":null,"progress":null,"steps":[{"id":"1","name":"one","kind":null,"status":"succeeded_with_errors",
        "raw_status":null,"failure_reason":null}],"failure":null,"output":{"a":[1, 2]},"output_truncated":false,"output_bytes":null,"usage":null,"metadata":{"Order":"7"},
        "accepted_at":"2026-03-10T15:30:00+00:00","submitted_at":null,"started_at":null,"ended_at":null,"observed_at":null,
        "deadline_at":"0001-01-01T00:00:00+00:00","next_poll_at":null,"polls":0,"requests":0.5,"lag_ms":null,"pending_work":["detail","reminder"],
        "steps_total":0,"steps_truncated":false,"attention":null,"details":null}
        """.Replace("\n", "", StringComparison.Ordinal),
        JsonSerializer.Serialize(Seen));

    private static Execution Seen => new()
    {
        Id = "order-7",
        Connection = "main",
        Platform = "tiny",
        Target = new("workflow", "w"),
        Status = ExecutionStatus.AwaitingInput,
        Version = 3,
        Steps = [new() { Id = "1", Name = "one", Status = StepStatus.SucceededWithErrors }],
        Output = """{"a":[1, 2]}""",
        Metadata = ImmutableDictionary<string, string>.Empty.Add("Order", "7"),
        AcceptedAt = new(2026, 3, 10, 15, 30, 0, TimeSpan.Zero),
        Requests = 0.5,
        PendingWork = PendingWork.Detail | PendingWork.Reminder,
    };

    // Enums as elements and keys of collections follow an app's converter; everything else is as declared.
    private static IEnumerable<JsonSerializerOptions> OptionsFor(Type type) => Options
        .Take(type == typeof(ExecutionStats) || type == typeof(RunFilter) ? 2 : 3)
        .Concat(Generated.Select(resolver => new JsonSerializerOptions { TypeInfoResolver = resolver }).Where(options => options.TryGetTypeInfo(type, out _)));

    private static IEnumerable<string> NamesOf(Type type) =>
        type.GetProperties().Where(property => !property.IsDefined(typeof(JsonIgnoreAttribute))).Select(NameOf).Order();

    private static string NameOf(PropertyInfo property) =>
        OtherNames.GetValueOrDefault($"{property.DeclaringType!.Name}.{property.Name}") ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static object SampleOf(Type type, string name) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var text when text == typeof(string) => name is "Input" or "Output" or "Options" or "Details" ? """{"Name":[1, null]}""" : $"the {name}",
        var enumeration when enumeration.IsEnum => Enum.ToObject(enumeration, enumeration == typeof(StepStatus) ? (int)StepStatus.SucceededWithErrors : (int)ExecutionStatus.AwaitingInput),
        var number when number.IsPrimitive => Convert.ChangeType(1, number, CultureInfo.InvariantCulture),
        var time when time == typeof(DateTimeOffset) => new DateTimeOffset(2026, 3, 10, 15, 30, 0, 250, TimeSpan.Zero),
        var span when span == typeof(TimeSpan) => TimeSpan.FromSeconds(90.5),
        var list when list.IsGenericType && list.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => ListOf(list.GetGenericArguments()[0], name),
        var labels when labels == typeof(ImmutableDictionary<string, string>) => ImmutableDictionary<string, string>.Empty.Add("OrderId", "7"),
        var counts when counts == typeof(ImmutableSortedDictionary<string, long>) => ImmutableSortedDictionary<string, long>.Empty.Add("polls_fail", 2),
        var counts when counts == typeof(ImmutableSortedDictionary<ExecutionStatus, long>) => ImmutableSortedDictionary<ExecutionStatus, long>.Empty.Add(ExecutionStatus.AwaitingInput, 2),
        var record => RecordOf(record),
    };

    private static object ListOf(Type element, string name)
    {
        var array = Array.CreateInstance(element, 1);
        array.SetValue(SampleOf(element, name), 0);
        return typeof(System.Runtime.InteropServices.ImmutableCollectionsMarshal).GetMethod("AsImmutableArray")!.MakeGenericMethod(element).Invoke(null, [array])!;
    }

    private static object RecordOf(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        var record = constructor.Invoke([.. constructor.GetParameters().Select(parameter => SampleOf(parameter.ParameterType, parameter.Name!))]);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite && !property.IsDefined(typeof(JsonIgnoreAttribute))))
        {
            property.SetValue(record, SampleOf(property.PropertyType, property.Name));
        }

        return record;
    }
}
