#pragma warning disable CA1034, CA1051, CA1021, CA1711, CA1822, CA1040, CA1052, CA1716, CA1024, CA1045 // Samples are shaped by what the reader must see.

namespace Vigil.Tests.Engine.Surface.Original
{
    public abstract class Thing : Random
    {
        public const int Answer = 42;

        public required string Name { get; init; }

        public string? Nickname { get; set; }

        public static void Out(out int result, params string[] rest) => result = rest.Length;

        public Task<List<string?>> GetAsync<TItem>(TItem item, int limit = 10) where TItem : class, new() => throw new NotSupportedException();

        protected abstract void Step();
    }

    public interface IContract
    {
        void First();

        void Second();
    }

    public enum Level
    {
        Low = 1,
        High = 2,
    }
}

namespace Vigil.Tests.Engine.Surface.Faithful
{
    public abstract class Thing : Random
    {
        public const int Answer = 42;

        public required string Name { get; init; }

#nullable disable
        public string Nickname { get; set; }
#nullable restore

        public static void Out(out int result, params string[] rest) => result = rest.Length + 1;

        protected abstract void Step();
    }

    public interface IContract
    {
        void First();
    }
}

namespace Vigil.Tests.Engine.Surface.Faithless
{
    public class Thing
    {
        public const int Answer = 43;

        public string Name { get; set; } = "";

        public string Nickname { get; set; } = "";

        public static void Out(ref int result, params string[] rest) => result = rest.Length;

        public Task<List<string>> GetAsync<TItem>(TItem item, int limit = 11) where TItem : class => throw new NotSupportedException();

        public void Step() => throw new NotSupportedException();

        public void Invented() => throw new NotSupportedException();
    }

    public enum Level
    {
        Low = 1,
        High = 3,
    }

    public interface IInvented;
}
