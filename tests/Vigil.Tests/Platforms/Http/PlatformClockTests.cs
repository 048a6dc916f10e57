using System.Net;
using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Http;

public sealed class PlatformClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan HalfASecond = TimeSpan.FromSeconds(0.5);

    private readonly PlatformClock _clock = new();
    private DateTimeOffset _now = Noon;

    [Theory]
    [InlineData(0)]
    [InlineData(1.9)]
    [InlineData(-1.9)]
    public void Ahead_ByLessThanTwoSeconds_IsLeftAlone(double seconds)
    {
        for (var i = 0; i < 50; i++)
        {
            Answer(TimeSpan.FromSeconds(seconds), took: TimeSpan.FromMilliseconds(i * 17));
        }

        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    [InlineData(4)]
    [InlineData(-4)]
    public void Ahead_ByMore_IsKnownFromTheFirstAnswerAndDoesNotWaver(double seconds)
    {
        Answer(TimeSpan.FromSeconds(seconds), took: TimeSpan.FromMilliseconds(80));
        var first = _clock.Ahead;
        Assert.InRange(first.TotalSeconds, seconds - 0.6, seconds + 0.6);

        for (var i = 0; i < 50; i++)
        {
            Answer(TimeSpan.FromSeconds(seconds), took: TimeSpan.FromMilliseconds(i * 17));
        }

        Assert.Equal(first, _clock.Ahead);
    }

    [Fact]
    public void SlowAnswer_ProvesLittle()
    {
        Answer(TimeSpan.Zero, took: TimeSpan.FromSeconds(30));

        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }

    [Theory]
    [InlineData(25)]
    [InlineData(-500_000)]
    public void Ahead_ByMoreThanADay_IsNotBelieved(double hours)
    {
        Answer(TimeSpan.FromHours(hours), HalfASecond);
        Answer(TimeSpan.FromHours(hours), HalfASecond);

        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }

    [Fact]
    public void ClockThatIsSet_IsFollowed_AndOneStrayAnswerIsNot()
    {
        Answer(TimeSpan.FromMinutes(10), HalfASecond);
        Answer(TimeSpan.FromHours(-5), HalfASecond);
        Assert.InRange(_clock.Ahead.TotalMinutes, 9.9, 10.1);

        Answer(TimeSpan.Zero, HalfASecond);
        Answer(TimeSpan.Zero, HalfASecond);
        Assert.InRange(_clock.Ahead.TotalSeconds, -1, 1);
    }

    [Fact]
    public void AnswersOfOthers_SayNothing()
    {
        Answer(TimeSpan.FromMinutes(10), HalfASecond, age: TimeSpan.FromMinutes(3));
        Answer(TimeSpan.FromMinutes(10), HalfASecond, HttpStatusCode.BadGateway);
        using var undated = new HttpResponseMessage();
        _clock.Observe(undated, _now, _now);

        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }

    [Fact]
    public void Times_OfNoSensibleYearOrFarAhead_StandForNone()
    {
        Assert.Null(PlatformTime.ToOurClock(DateTimeOffset.MaxValue, TimeSpan.FromHours(-1), receivedAt: null));
        Assert.Null(PlatformTime.ToOurClock(DateTimeOffset.MinValue, TimeSpan.FromHours(1), _now));
        Assert.Null(PlatformTime.ToOurClock(_now.AddDays(2), TimeSpan.Zero, _now));
        Assert.Null(PlatformTime.ToOurClock(null, TimeSpan.FromHours(1), _now));
        Assert.Equal(_now, PlatformTime.ToOurClock(_now.AddDays(2), TimeSpan.FromDays(2), _now));
    }

    // Date has whole seconds, and is written somewhere between the request and its answer.
    private void Answer(TimeSpan ahead, TimeSpan took, HttpStatusCode status = HttpStatusCode.OK, TimeSpan? age = null)
    {
        using var response = new HttpResponseMessage(status);
        var written = _now + (took / 3) + ahead;
        response.Headers.Date = new DateTimeOffset(written.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        response.Headers.Age = age;
        _clock.Observe(response, _now, _now + took);
        _now += took + TimeSpan.FromMilliseconds(1237);
    }
}
