using System.Reflection;

namespace Vigil.Kill;

/// <summary>Stands before a service of the product and sees every call of it; a new method of its interface needs no change here.</summary>
public class Interceptor : DispatchProxy
{
    private object _inner = null!;
    private Func<MethodInfo, object?[], Func<object?>, object?> _intercept = null!;

    /// <summary>Puts code before a service.</summary>
    /// <param name="inner">The service.</param>
    /// <param name="intercept">Gets the method, its arguments, which it may change, and the call itself, and returns what the caller gets.</param>
    public static T Before<T>(T inner, Func<MethodInfo, object?[], Func<object?>, object?> intercept)
        where T : class
    {
        var proxy = Create<T, Interceptor>();
        ((Interceptor)(object)proxy)._inner = inner;
        ((Interceptor)(object)proxy)._intercept = intercept;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var arguments = args ?? [];
        return _intercept(targetMethod!, arguments, () => targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, arguments, null));
    }
}
