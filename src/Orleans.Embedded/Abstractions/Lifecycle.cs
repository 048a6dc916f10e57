namespace Orleans
{
    /// <summary>Something whose start and stop go through numbered stages.</summary>
    public interface ILifecycleObservable
    {
        /// <summary>Takes part in the stages.</summary>
        IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
    }

    /// <summary>What is started at a stage, and stopped when the way back passes it.</summary>
    public interface ILifecycleObserver
    {
        /// <summary>Starts.</summary>
        Task OnStart(CancellationToken cancellationToken = default);

        /// <summary>Stops.</summary>
        Task OnStop(CancellationToken cancellationToken = default);
    }

    /// <summary>A service that takes part in a lifecycle.</summary>
    public interface ILifecycleParticipant<TLifecycleObservable>
        where TLifecycleObservable : ILifecycleObservable
    {
        /// <summary>Subscribes to the stages that matter to it.</summary>
        void Participate(TLifecycleObservable lifecycle);
    }

    /// <summary>The stages of a silo.</summary>
    public static class ServiceLifecycleStage
    {
        /// <summary>Before all others.</summary>
        public const int First = int.MinValue;

        /// <summary>The engine's own parts.</summary>
        public const int RuntimeInitialize = 2000;

        /// <summary>The engine's services.</summary>
        public const int RuntimeServices = 4000;

        /// <summary>Storage.</summary>
        public const int RuntimeStorageServices = 6000;

        /// <summary>Grain services.</summary>
        public const int RuntimeGrainServices = 8000;

        /// <summary>The application's own services.</summary>
        public const int ApplicationServices = 10000;

        /// <summary>The silo joins the cluster.</summary>
        public const int BecomeActive = Active - 1;

        /// <summary>The silo is active and takes calls.</summary>
        public const int Active = 20000;

        /// <summary>After all others.</summary>
        public const int Last = int.MaxValue;
    }

    /// <summary>Short ways to take part in a lifecycle.</summary>
    public static class LifecycleExtensions
    {
        /// <summary>Takes part in one stage.</summary>
        public static IDisposable Subscribe(
            this ILifecycleObservable observable,
            string observerName,
            int stage,
            Func<CancellationToken, Task> onStart,
            Func<CancellationToken, Task>? onStop)
        {
            ArgumentNullException.ThrowIfNull(observable);
            ArgumentNullException.ThrowIfNull(onStart);
            return observable.Subscribe(observerName, stage, new Observer(onStart, onStop));
        }

        /// <summary>Takes part in one stage, when it starts.</summary>
        public static IDisposable Subscribe(
            this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart) =>
            observable.Subscribe(observerName, stage, onStart, onStop: null);

        private sealed class Observer(Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop) : ILifecycleObserver
        {
            public Task OnStart(CancellationToken cancellationToken = default) => onStart(cancellationToken);

            public Task OnStop(CancellationToken cancellationToken = default) => onStop?.Invoke(cancellationToken) ?? Task.CompletedTask;
        }
    }
}

namespace Orleans.Runtime
{
    /// <summary>The lifecycle of a silo.</summary>
    public interface ISiloLifecycle : ILifecycleObservable
    {
        /// <summary>Gets the highest stage that has been started.</summary>
        int HighestCompletedStage { get; }

        /// <summary>Gets the lowest stage that has been stopped.</summary>
        int LowestStoppedStage { get; }
    }
}
