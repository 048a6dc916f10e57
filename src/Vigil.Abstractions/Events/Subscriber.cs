namespace Vigil;

/// <summary>The durable subscribers of a request. Only their ids are sent and stored, so that the silos need not know an app's grain interfaces.</summary>
internal static class Subscriber
{
    /// <summary>Returns the ids of grains, each once.</summary>
    /// <exception cref="ArgumentException">One of them is not a grain.</exception>
    public static ImmutableArray<string> IdsOf(ImmutableArray<IExecutionSubscriber> subscribers) =>
        subscribers.IsDefaultOrEmpty ? [] : [.. subscribers.Select(IdOf).Distinct()];

    private static string IdOf(IExecutionSubscriber? subscriber)
    {
        if (subscriber is not (GrainReference or IGrainBase))
        {
            throw Invalid($"{subscriber?.GetType().Name ?? "null"} is not a grain");
        }

        var id = subscriber.GetGrainId();
        return id.IsClient() || id.IsSystemTarget()
            ? throw Invalid($"{id} is an object of one process, which can only observe (IExecutionGrain.SubscribeAsync)")
            : id.ToString();
    }

    private static ArgumentException Invalid(string what) => new(
        $"{nameof(StartExecution.Subscribers)}: {what}. Name grains, by GetGrain<T>(key) where T is an {nameof(IExecutionSubscriber)}, or by this.AsReference<{nameof(IExecutionSubscriber)}>() inside one.");
}
