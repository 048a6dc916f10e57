using Vigil;
using Vigil.Testing;

namespace UnitTest;

public sealed class NewsletterTests
{
    private static readonly DateOnly Day = new(2031, 5, 4);

    private readonly FakeVigilClient _vigil = new();

    [Fact]
    public async Task Headline_IsThatOfTheDigest()
    {
        _vigil.OnStart = _ => FakeEnd.Succeeded(new Digest("Rain"));

        Assert.Equal("Rain", await new Newsletter(_vigil).HeadlineAsync(Day));
        Assert.Equal("digest", Assert.Single(_vigil.Started).Target.Id);
    }

    [Fact]
    public async Task Headline_OfADigestThatFails_SaysThatThereIsNone()
    {
        _vigil.OnStart = _ => FakeEnd.Failed("The mailbox is full.");

        Assert.Equal("No news", await new Newsletter(_vigil).HeadlineAsync(Day));
    }

    [Fact]
    public async Task Headline_IsAwaitedUntilTheDigestEnds()
    {
        var headline = new Newsletter(_vigil).HeadlineAsync(Day);
        Assert.False(headline.IsCompleted);

        _vigil.End("digest-2031-05-04", FakeEnd.Succeeded(new Digest("Rain")));

        Assert.Equal("Rain", await headline);
    }
}
