namespace Orleans.Runtime
{
    /// <summary>Something that calls can be addressed to: a grain or an observer.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>A grain.</summary>
    public interface IGrain : Runtime.IAddressable;

    /// <summary>A grain whose key is a string.</summary>
    public interface IGrainWithStringKey : IGrain;

    /// <summary>An object outside of any grain that grains call back.</summary>
    public interface IGrainObserver : Runtime.IAddressable;
}
