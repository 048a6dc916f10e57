using System.Text.Json;
using Orleans.Concurrency;

namespace Vigil.Tests.Engine.Contract;

// The code generator of the real packages refuses these, so they are there for the embedded engine alone.
#pragma warning disable CS0169, CS0649, CA1823, CA1051, CA1032, CA1064, CA2237, IDE0044, IDE0051

internal static class ContractSamples
{
    [Alias("sample.good")]
    internal interface IGoodGrain : IGrainWithStringKey
    {
        [Alias("Ask")]
        Task<GoodDerived[]> AskAsync(Dictionary<string, GoodRecord> question, CancellationToken cancellationToken);

        [Alias("Watch")]
        IAsyncEnumerable<GoodRecord> WatchAsync(IGoodObserver observer);

        [Alias("Tell"), OneWay]
        void Tell(Level level);

        [Alias("Value")]
        ValueTask<int?> ValueAsync();
    }

    [Alias("sample.observer")]
    internal interface IGoodObserver : IGrainObserver
    {
        [Alias("Told"), OneWay]
        Task ToldAsync(GoodRecord record);
    }

    internal enum Level
    {
        Low,
    }

    [GenerateSerializer, Alias("sample.record")]
    internal sealed record GoodRecord([property: Id(0)] string Name)
    {
        [Id(1)] public List<Level> Levels { get; init; } = [];

        public int Count => Levels.Count;

        [NonSerialized]
        private int _cached;
    }

    [GenerateSerializer, Alias("sample.base")]
    internal abstract class GoodBase
    {
        [Id(0)] private int _first;
    }

    [GenerateSerializer, Alias("sample.derived")]
    internal sealed class GoodDerived : GoodBase
    {
        [Id(0)] public int Second { get; set; }
    }

    [GenerateSerializer, Alias("sample.exception")]
    internal sealed class GoodException(string item) : Exception($"No {item}.")
    {
        [Id(0)] public string Item { get; } = item;
    }

    internal interface IBadGrain : IGrainWithStringKey
    {
        int Number { get; }

        [Alias("Same")]
        int Now();

        [Alias("Same")]
        void Tell();

        Task<object> AskAsync(List<JsonElement> elements);

        [Alias("Pass")]
        Task PassAsync(ref int value, Unmarked unmarked, Action callback);

        [Alias("Lose"), OneWay]
        Task<int> LoseAsync();

        [Alias("Generic")]
        Task GenericAsync<T>(T value);
    }

    [Alias("sample.unkeyed")]
    internal interface IUnkeyedGrain : IGrain;

    internal sealed class Unmarked;

    [GenerateSerializer, Alias("sample.clash")]
    internal sealed record Clashing
    {
        [Id(0)] public int First { get; init; }

        [Id(0)] public int Second { get; init; }

        public int Third { get; init; }

        [Id(1)] private object? _fourth;

        [Id(2)] public Unmarked[] Fifth { get; init; } = [];
    }

    [GenerateSerializer, Alias("sample.clash")]
    internal sealed class Capturing(string captured) : Unsent
    {
        public int Length => captured.Length;
    }

    internal class Unsent;

    [GenerateSerializer]
    internal sealed class Nameless;

    internal sealed class UnmarkedException : Exception;
}
