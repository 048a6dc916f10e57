using Microsoft.Extensions.Options;
using Vigil.Storage;

namespace Vigil.Silo;

/// <summary>Explains the start errors that an operator can fix.</summary>
internal static class StartError
{
    /// <summary>Returns the messages to print, one per line; empty if the error is a fault in Vigil, whose stack trace is needed.</summary>
    public static IReadOnlyList<string> Explain(Exception error) => error switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException several when several.InnerExceptions.All(inner => Explain(inner).Count > 0) => [.. several.InnerExceptions.SelectMany(Explain)],

        // A value that cannot be read; the message names it.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [error.Message],
        StoreException or IOException or InvalidDataException => [error.Message],
        _ => [],
    };
}
