using System.Diagnostics.Metrics;
using Vigil.Grains.Polling;

namespace Vigil.Tests.Polling.Support;

/// <summary>Listens to the poller's counters.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string Instrument, string Tag), long> _counts = [];

    public Counted(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PollerInstruments.MeterName && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var tag in tags)
            {
                var key = (instrument.Name, tag.Value?.ToString() ?? "");
                _counts[key] = _counts.GetValueOrDefault(key) + value;
            }
        });
        _listener.Start();
    }

    public long Of(string instrument, string tag) => _counts.GetValueOrDefault((instrument, tag));

    public void Dispose() => _listener.Dispose();
}
