using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>How one method of a grain or observer interface is called and answered. Made once for each method.</summary>
internal sealed class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Methods = new();
    private static readonly Task<object?> Nothing = Task.FromResult<object?>(null);

    private readonly MethodInfo _method;
    private readonly Type[] _parameters;
    private readonly Type _result;
    private readonly Func<object, object?[], Task<object?>> _invoke;
    private readonly Func<Func<Task<object?>>, CancellationToken, object?> _answer;

    private GrainMethod(MethodInfo method)
    {
        _method = method;
        _parameters = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        _result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(void);
        _invoke = CompileInvoke(method);
        _answer = Helper("To", method.ReturnType).CreateDelegate<Func<Func<Task<object?>>, CancellationToken, object?>>();
        IsOneWay = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute));
        Interleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        CancellationIndex = Array.IndexOf(_parameters, typeof(CancellationToken));
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

    /// <summary>Copies the arguments of one call; they share their copies.</summary>
    public object?[] CopyArguments(object?[]? arguments)
    {
        if (arguments is null or [])
        {
            return [];
        }

        var context = new CopyContext();
        return [.. arguments.Select((argument, index) => context.CopyAs(argument, _parameters[index]))];
    }

    public object? CopyResult(object? result) => new CopyContext().CopyAs(result, _result);

    /// <summary>Calls the method on a grain or observer.</summary>
    public Task<object?> Invoke(object target, object?[] arguments) => _invoke(target, arguments);

    /// <summary>Makes what the method returns to its caller: the call's answer, or what calls when it is enumerated.</summary>
    public object? Answer(Func<Task<object?>> call, CancellationToken cancellationToken) => _answer(call, cancellationToken);

    /// <summary>Makes what a one-way method returns.</summary>
    public object? AnswerNothing() => _answer(static () => Nothing, default);

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
            : Expression.Call(Helper("From", method.ReturnType), call);
        return Expression.Lambda<Func<object, object?[], Task<object?>>>(body, target, arguments).Compile();
    }

    // For each kind of return type there are two helpers: what makes a task of it on the grain's side, and what makes it on the caller's.
    private static MethodInfo Helper(string direction, Type type)
    {
        var name = direction + type.Name.Replace("`1", "Of", StringComparison.Ordinal);
        var helper = typeof(GrainMethod).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)
            ?? throw new NotSupportedException($"A grain method cannot return {type}.");
        return type.IsGenericType ? helper.MakeGenericMethod(type.GetGenericArguments()) : helper;
    }

    private static async Task<object?> FromTask(Task task)
    {
        await task;
        return null;
    }

    private static async Task<object?> FromTaskOf<T>(Task<T> task) => await task;

    private static async Task<object?> FromValueTask(ValueTask task)
    {
        await task;
        return null;
    }

    private static async Task<object?> FromValueTaskOf<T>(ValueTask<T> task) => await task;

    private static Task<object?> FromIAsyncEnumerableOf<T>(IAsyncEnumerable<T> items) => Task.FromResult<object?>(new Enumeration<T>(items));

    private static object? ToVoid(Func<Task<object?>> call, CancellationToken token) => call();

    private static object? ToTask(Func<Task<object?>> call, CancellationToken token) => call();

    private static object? ToTaskOf<T>(Func<Task<object?>> call, CancellationToken token) => CastAsync<T>(call());

    private static object? ToValueTask(Func<Task<object?>> call, CancellationToken token) => new ValueTask(call());

    private static object? ToValueTaskOf<T>(Func<Task<object?>> call, CancellationToken token) => new ValueTask<T>(CastAsync<T>(call()));

    private static object? ToIAsyncEnumerableOf<T>(Func<Task<object?>> call, CancellationToken token) => new GrainEnumerable<T>(call, token);

    // The caller's own await leads back to its scheduler; this one need not.
    private static async Task<T> CastAsync<T>(Task<object?> result) => (T)(await result.ConfigureAwait(false))!;
}
