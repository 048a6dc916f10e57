namespace Vigil.Kill;

/// <summary>The silos of one trial. None outlives it, however it ends.</summary>
internal sealed class SiloProcesses : IDisposable
{
    private readonly NetworkHub? _hub;

    public SiloProcesses(int count, DirectoryInfo folder, HurtLog hurts, Platforms platforms, DeliveryLog log, ITrialStore store, string? mutant = null)
    {
        // Their own networks are what makes it possible to cut them off from each other.
        _hub = count > 1 && NetworkHub.WhyNot is null ? new(count) : null;
        All = [.. Enumerable.Range(0, count).Select(number => new SiloProcess(number, Settings(number), folder, hurts, _hub?.Networks[number]))];
        if (store is PostgresTrialStore { Port: var database })
        {
            foreach (var silo in All.Where(silo => silo.Network is not null))
            {
                Array.ForEach([database, platforms.Port, log.Address.Port], silo.Network!.ForwardOut);
                silo.Network!.ForwardIn(silo.Address.Port);
            }
        }

        // An interrupted trial must not leave silos behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();

        Dictionary<string, string?> Settings(int number)
        {
            var settings = new Dictionary<string, string?>([.. platforms.Connections, .. store.SettingsOf(number)])
            {
                [LogSubscriber.AddressSetting] = log.Address.ToString(),
                [MutantSwitch.Setting] = mutant,
            };
            if (_hub is not null)
            {
                settings["Vigil:Clustering:Address"] = _hub.Networks[number].Address;
            }

            return settings;
        }
    }

    public IReadOnlyList<SiloProcess> All { get; }

    public IReadOnlyList<Uri> Addresses => [.. All.Select(silo => silo.Address)];

    /// <summary>Starts all and returns when they are up.</summary>
    public Task StartAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        foreach (var silo in All)
        {
            silo.Start();
        }

        return Task.WhenAll(All.Select(silo => silo.Up)).WaitAsync(timeout, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var silo in All)
        {
            silo.Dispose();
        }

        _hub?.Dispose();
    }
}
