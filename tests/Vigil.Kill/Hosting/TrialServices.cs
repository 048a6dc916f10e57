using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Kill;

/// <summary>Puts the journal, and the mutants if there are any, before the product's store and platforms. The product itself is as it ships.</summary>
internal static class TrialServices
{
    public static void Add(IServiceCollection services, Journal journal, MutantSwitch mutants)
    {
        services.AddSingleton(provider => Recorded(mutants.Over(VigilStoreExtensions.CreateStore(provider)), journal));
        services.AddSingleton(provider =>
        {
            var platforms = provider.GetServices<IPlatform>().ToDictionary(platform => platform.Name, StringComparer.Ordinal);
            var configured = provider.GetRequiredService<IOptions<ConfiguredConnections>>().Value.Connections;
            var time = provider.GetRequiredService<TimeProvider>();
            return new PlatformConnections(configured.Select(options => new PlatformConnection(options, Over(platforms[options.Platform], journal, mutants), time)));
        });
    }

    private static IVigilStore Recorded(IVigilStore store, Journal journal) => Interceptor.Before(store, (method, arguments, call) =>
    {
        if (method.Name == nameof(IVigilStore.WriteAsync) && arguments[0] is ExecutionWrite write)
        {
            using var state = JsonDocument.Parse(write.Json);
            var isClaim = state.RootElement.TryGetProperty("submission", out var submission) && submission.TryGetProperty("phase", out var phase) && phase.GetString() == "sending";
            if (isClaim)
            {
                journal.Write(JournalAct.Claiming, write.Id, write.Attempt, write.Version);
            }

            journal.Write(JournalAct.Writing, write.Id, write.Attempt, write.Version, write.EventType);
        }

        return call();
    });

    private static IPlatform Over(IPlatform platform, Journal journal, MutantSwitch mutants) => Interceptor.Before(platform, (method, _, call) =>
        method.Name == nameof(IPlatform.Connect) ? Recorded(mutants.Over((IPlatformConnection)call()!), journal) : call());

    private static IPlatformConnection Recorded(IPlatformConnection connection, Journal journal) => Interceptor.Before(connection, (method, arguments, call) =>
        method.Name == nameof(IPlatformConnection.SubmitAsync) ? SubmitAsync(((RunRequest)arguments[0]!).ExecutionId, () => (Task<Submitted>)call()!, journal) : call());

    private static async Task<Submitted> SubmitAsync(string key, Func<Task<Submitted>> submit, Journal journal)
    {
        journal.Write(JournalAct.Sending, key);
        try
        {
            var submitted = await submit();
            journal.Write(JournalAct.Answered, key);
            return submitted;
        }
        catch (Exception)
        {
            journal.Write(JournalAct.Failed, key);
            throw;
        }
    }
}
