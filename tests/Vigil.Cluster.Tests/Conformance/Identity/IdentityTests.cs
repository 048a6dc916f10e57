using System.Net;
using Vigil.Cluster.Tests.Conformance.Activations;
using Vigil.Cluster.Tests.Conformance.State;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Identity;

/// <summary>The texts of ids and addresses, which are stored and so must not differ.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class IdentityTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task GrainType_IsTheNameOfTheClassOrWhatTheAttributeSays()
    {
        Assert.Equal("activation/a key", cluster.Client.GetGrain<IActivationGrain>("a key").GetGrainId().ToString());
        Assert.Equal("conformance.named/a key", cluster.Client.GetGrain<INamedGrain>("a key").GetGrainId().ToString());
        Assert.Equal("conformance.named/a key", await cluster.Client.GetGrain<INamedGrain>("a key").GetIdentityAsync());
    }

    [Fact]
    public void Interface_OfTwoClasses_IsAmbiguous() => Assert.Throws<ArgumentException>(() => cluster.Client.GetGrain<IStateGrain>("key"));

    [Theory]
    [InlineData("type/key", "type", "key")]
    [InlineData("type/key/with/slashes", "type", "key/with/slashes")]
    [InlineData("type/", "type", "")]
    public void GrainId_IsParsedAtItsFirstSlash(string text, string type, string key)
    {
        var id = GrainId.Parse(text);

        Assert.Equal((type, key), (id.Type.ToString(), id.Key.ToString()));
        Assert.Equal(text, id.ToString());
        Assert.True(GrainId.TryParse(text, out var same));
        Assert.Equal(id, same);
        Assert.Equal(id.GetHashCode(), same.GetHashCode());
    }

    [Fact]
    public void GrainId_WithoutASlash_IsNone()
    {
        Assert.Throws<ArgumentException>(() => GrainId.Parse("nothing"));
        Assert.False(GrainId.TryParse("nothing", out _));
        Assert.Throws<ArgumentException>(() => GrainId.Create("type", ""));
        Assert.Throws<ArgumentException>(() => GrainId.Create("", "key"));
        Assert.True(default(GrainId).IsDefault);
    }

    [Fact]
    public void GrainId_Orders()
    {
        var (a, b, c) = (GrainId.Create("a", "2"), GrainId.Create("b", "1"), GrainId.Create("b", "2"));

        Assert.Equal([a, b, c], new[] { c, a, b }.Order());
        Assert.True(a != b);
        Assert.True(a == GrainId.Parse("a/2"));
    }

    [Fact]
    public void SiloAddress_HasTwoTexts()
    {
        var address = SiloAddress.New(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 11111), 42);

        Assert.Equal("S10.1.2.3:11111:42", address.ToString());
        Assert.Equal("10.1.2.3:11111@42", address.ToParsableString());
        Assert.Equal(address, SiloAddress.FromParsableString("10.1.2.3:11111@42"));
        Assert.Equal(address.GetHashCode(), SiloAddress.FromParsableString("10.1.2.3:11111@42").GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.1.2.3:11111")]
    [InlineData("10.1.2.3@42")]
    [InlineData("somewhere:11111@42")]
    [InlineData("10.1.2.3:port@42")]
    [InlineData("10.1.2.3:11111@generation")]
    public void SiloAddress_OfBadText_IsRefused(string text)
    {
        Assert.Throws<FormatException>(() => SiloAddress.FromParsableString(text));
        Assert.False(SiloAddress.TryParse(text, out _));
    }

    [Fact]
    public void SiloAddress_OfTheSameEndpoint_IsFollowedByLaterGenerations()
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, 11111);
        var (earlier, later) = (SiloAddress.New(endpoint, 1), SiloAddress.New(endpoint, 2));

        Assert.NotEqual(earlier, later);
        Assert.True(later.IsSuccessorOf(earlier));
        Assert.False(earlier.IsSuccessorOf(later));
        Assert.False(later.IsSuccessorOf(SiloAddress.New(IPAddress.Loopback, 22222, 1)));
        Assert.True(later.CompareTo(earlier) > 0);
    }
}

/// <summary>A grain whose type has a name of its own.</summary>
[Alias("conformance.INamedGrain")]
internal interface INamedGrain : IGrainWithStringKey
{
    [Alias("GetIdentity")]
    Task<string> GetIdentityAsync();
}

[GrainType("conformance.named")]
internal sealed class NamedGrain : Grain, INamedGrain
{
    public Task<string> GetIdentityAsync() => Task.FromResult(IdentityString);
}
