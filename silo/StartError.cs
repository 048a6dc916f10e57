using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Vigil.Storage;

namespace Vigil.Silo;

/// <summary>Explains why a start failed: a line for each error, without a stack trace.</summary>
internal static class StartError
{
    /// <summary>Starts something and runs it until it ends or a signal stops it; prints why it cannot start.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync<T>(Func<CancellationToken, Task<T>> start, Func<T, CancellationToken, Task<int>> run)
        where T : IAsyncDisposable
    {
        using var signals = new StopSignals();
        T started;
        try
        {
            started = await start(signals.Stop);
        }
        catch (Exception) when (signals.Stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Vigil was stopped before it had started.");
            return 0;
        }
        catch (Exception e)
        {
            var lines = Explain(e);
            await Console.Error.WriteLineAsync(lines.Count == 1 ? $"Vigil cannot start: {lines[0]}" : $"Vigil cannot start:\n  {string.Join("\n  ", lines)}");
            return 1;
        }

        await using (started)
        {
            return await run(started, signals.Stop);
        }
    }

    /// <summary>Returns the messages to print, one per line.</summary>
    public static IReadOnlyList<string> Explain(Exception error) => error switch
    {
        OptionsValidationException invalid => [.. invalid.Failures.Select(OneLine)],
        AggregateException several => [.. several.InnerExceptions.SelectMany(Explain).Distinct()],

        // Configuration that cannot be read: the inner errors say why and where.
        InvalidDataException => [OneLine(string.Join(' ', Chain(error).Select(inner => inner.Message).Distinct()))],

        // A setting that cannot be parsed; the message names it.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [OneLine(error.Message)],
        InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } => [error.Message.Split(Environment.NewLine)[0]],
        CryptographicException => [$"A certificate cannot be used: {OneLine(error.Message)}"],
        SocketException => [$"An address cannot be listened on: {OneLine(error.Message)}"],
        StoreException or IOException or UnauthorizedAccessException => [OneLine(error.Message)],

        // Perhaps a fault in Vigil, so the line names the place.
        _ => [$"{OneLine(error.Message)} ({error.GetType().Name}{PlaceOf(error)})"],
    };

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (var next = error; next is not null; next = next.InnerException)
        {
            yield return next;
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string PlaceOf(Exception error) => new StackTrace(error).GetFrames().Select(frame => frame.GetMethod()).OfType<System.Reflection.MethodBase>()
        .FirstOrDefault(method => method.DeclaringType?.Namespace?.StartsWith("Vigil", StringComparison.Ordinal) == true) is { } method
        ? $" in {method.DeclaringType!.Name}.{method.Name}"
        : "";
}
