using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Vigil.Storage;

namespace Vigil.Silo;

/// <summary>Explains the startup errors that an operator can fix.</summary>
internal static class StartError
{
    /// <summary>Returns the messages to print, one per line; empty for an unexpected error, whose stack trace is needed.</summary>
    public static IReadOnlyList<string> Explain(Exception error) => error switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException several when several.InnerExceptions.All(inner => Explain(inner).Count > 0) => [.. several.InnerExceptions.SelectMany(Explain)],

        // A setting that cannot be parsed; the message names it.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [error.Message],
        InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } => [error.Message.Split(Environment.NewLine)[0]],
        CryptographicException => [$"A certificate cannot be used: {error.Message}"],
        SocketException => [$"An address cannot be listened on: {error.Message}"],
        StoreException or IOException or InvalidDataException => [error.Message],
        _ => [],
    };
}
