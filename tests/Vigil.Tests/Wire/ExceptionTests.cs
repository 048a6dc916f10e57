using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Vigil.Storage;

namespace Vigil.Tests.Wire;

/// <summary>Exceptions arrive at their callers as the type that was thrown, with all that they tell.</summary>
public sealed class ExceptionTests
{
    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<Type> Exceptions =>
    [
        .. new[] { typeof(VigilException), typeof(StoreException) }
            .SelectMany(root => root.Assembly.GetTypes().Where(type => type.IsAssignableTo(root) && !type.IsAbstract)),
    ];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Exception_SentOnce_IsTheSame(Type type)
    {
        var constructor = type.GetConstructors().Single();
        var thrown = (Exception)constructor.Invoke([.. constructor.GetParameters().Select(SampleOf)]);

        var caught = Serializer.Deserialize<Exception>(Serializer.SerializeToArray(thrown))!;

        Assert.Equal(type, caught.GetType());
        Assert.Equal(thrown.Message, caught.Message);
        Assert.All(
            type.GetProperties().Where(property => property.DeclaringType!.Assembly == type.Assembly),
            property => Assert.Equivalent(property.GetValue(thrown), property.GetValue(caught), strict: true));
    }

    private static object? SampleOf(ParameterInfo parameter) => (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType) switch
    {
        var type when type == typeof(string) => $"the {parameter.Name}",
        var type when type == typeof(long) => 12L,
        var type when type == typeof(TimeSpan) => TimeSpan.FromSeconds(3),
        var type when type == typeof(ExecutionStatus) => ExecutionStatus.Lost,
        var type when type == typeof(StateKey) => new StateKey(StateKind.Step, "the key"),
        var type when type == typeof(ImmutableArray<FieldError>) => ImmutableArray.Create(new FieldError("the field", "the message")),
        var type when type == typeof(ImmutableArray<string>) => ImmutableArray.Create("one", "another"),
        var type when type == typeof(Execution) => new Execution { Id = "the id", Connection = "the connection", Platform = "the platform", Steps = [new() { Id = "1", Name = "the step", Status = StepStatus.Failed }] },
        var type when type == typeof(Exception) => new InvalidOperationException("the cause"),
        var type => throw new NotSupportedException($"There is no sample of {type}."),
    };
}
