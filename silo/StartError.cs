using Microsoft.Extensions.Options;
using Vigil.Storage;

namespace Vigil.Silo;

/// <summary>Tells what a person can mend from what went wrong inside.</summary>
internal static class StartError
{
    /// <summary>Returns what to tell whoever started it, a line each; nothing where the error is Vigil's own and its trace is wanted.</summary>
    public static IReadOnlyList<string> Explain(Exception error) => error switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException several when several.InnerExceptions.All(inner => Explain(inner).Count > 0) => [.. several.InnerExceptions.SelectMany(Explain)],
        StoreException or IOException or InvalidDataException => [error.Message],
        _ => [],
    };
}
