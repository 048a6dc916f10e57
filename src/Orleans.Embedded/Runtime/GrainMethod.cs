using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>How one method of a grain or observer interface is called and answered. Made once for each method.</summary>
internal sealed class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Methods = new();
    private static readonly Task<object?> Nothing = Task.FromResult<object?>(null);

    private readonly MethodInfo _method;
    private readonly Func<object, object?[], Task<object?>> _invoke;
    private readonly Func<Task<object?>, object?> _answer;

    private GrainMethod(MethodInfo method)
    {
        _method = method;
        IsOneWay = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute));
        Interleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        CancellationIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
        _invoke = CompileInvoke(method);
        _answer = MakeAnswer(method.ReturnType);
    }

    /// <summary>Gets a value indicating whether the caller goes on at once.</summary>
    public bool IsOneWay { get; }

    /// <summary>Gets a value indicating whether it may run while others wait for something.</summary>
    public bool Interleaves { get; }

    /// <summary>Gets how long callers wait, where the method says so itself.</summary>
    public TimeSpan? ResponseTimeout { get; }

    /// <summary>Gets which argument is the cancellation token, or -1.</summary>
    public int CancellationIndex { get; }

    public static GrainMethod Of(MethodInfo method) => Methods.GetOrAdd(method, static key => new GrainMethod(key));

    /// <summary>Calls the method on a grain or observer.</summary>
    public Task<object?> Invoke(object target, object?[] arguments) => _invoke(target, arguments);

    /// <summary>Turns the coming answer into what the method returns to its caller.</summary>
    public object? Answer(Task<object?> result) => _answer(result);

    /// <summary>Makes what a one-way method returns.</summary>
    public object? AnswerNothing() => _answer(Nothing);

    public override string ToString() => $"{_method.DeclaringType!.Name}.{_method.Name}";

    private static Func<object, object?[], Task<object?>> CompileInvoke(MethodInfo method)
    {
        var target = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object[]));
        var call = Expression.Call(
            Expression.Convert(target, method.DeclaringType!),
            method,
            method.GetParameters().Select((parameter, index) =>
                Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType)));
        Expression body = method.ReturnType == typeof(void)
            ? Expression.Block(call, Expression.Constant(Nothing))
            : Expression.Call(Helper(nameof(FromTask), method.ReturnType), call);
        return Expression.Lambda<Func<object, object?[], Task<object?>>>(body, target, arguments).Compile();
    }

    private static Func<Task<object?>, object?> MakeAnswer(Type type) =>
        type == typeof(void) ? _ => null : Helper(nameof(ToTask), type).CreateDelegate<Func<Task<object?>, object?>>();

    // The helpers come in four kinds: for Task, Task<T>, ValueTask and ValueTask<T>.
    private static MethodInfo Helper(string name, Type type)
    {
        if (type.Name is not ("Task" or "Task`1" or "ValueTask" or "ValueTask`1"))
        {
            throw new NotSupportedException($"A grain method returns {type}, which is no task.");
        }

        var helper = name + (type.Name.StartsWith("Value", StringComparison.Ordinal) ? "Value" : "") + (type.IsGenericType ? "Of" : "");
        var method = typeof(GrainMethod).GetMethod(helper, BindingFlags.Static | BindingFlags.NonPublic)!;
        return type.IsGenericType ? method.MakeGenericMethod(type.GetGenericArguments()) : method;
    }

    private static async Task<object?> FromTask(Task task)
    {
        await task;
        return null;
    }

    private static async Task<object?> FromTaskOf<T>(Task<T> task) => await task;

    private static async Task<object?> FromTaskValue(ValueTask task)
    {
        await task;
        return null;
    }

    private static async Task<object?> FromTaskValueOf<T>(ValueTask<T> task) => await task;

    private static object? ToTask(Task<object?> result) => result;

    private static object? ToTaskValue(Task<object?> result) => new ValueTask(result);

    private static object? ToTaskOf<T>(Task<object?> result) => CastAsync<T>(result);

    private static object? ToTaskValueOf<T>(Task<object?> result) => new ValueTask<T>(CastAsync<T>(result));

    // The caller's own await leads back to its scheduler; this one need not.
    private static async Task<T> CastAsync<T>(Task<object?> result) => (T)(await result.ConfigureAwait(false))!;
}
