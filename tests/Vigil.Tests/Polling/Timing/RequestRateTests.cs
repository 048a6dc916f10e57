using Vigil.Grains.Polling;
using Vigil.Grains.Polling.Timing;

namespace Vigil.Tests.Polling.Timing;

public sealed class RequestRateTests
{
    [Theory]
    [InlineData(55, 60)]
    [InlineData(9, 10)]
    [InlineData(1200, 1221)]
    public void TryTake_InAnyMinute_StaysBelowThePlatformsLimit(double perMinute, int limit)
    {
        var rate = new RequestRate(perMinute, new(), TimeSpan.Zero);
        var sent = SendAllOf(rate, TimeSpan.FromMinutes(5), _ => { });

        foreach (var first in sent)
        {
            Assert.True(sent.Count(at => at >= first && at < first + TimeSpan.FromMinutes(1)) <= limit);
        }

        Assert.InRange(sent.Count, perMinute * 5 * 0.99, (perMinute * 5) + limit);
    }

    [Theory]
    [InlineData(55, 60, 3)]
    [InlineData(9, 10, 2)]
    [InlineData(1200, 1240, 5)]
    public void TryTake_OfSeveralSilos_StaysBelowThePlatformsLimitTogether(double perMinute, int limit, int silos)
    {
        var share = new BudgetShare { Silos = silos };

        var sent = Enumerable.Range(0, silos).Sum(_ => SendAllOf(new(perMinute, share, TimeSpan.Zero), TimeSpan.FromMinutes(5), _ => { }).Count);

        Assert.InRange(sent, (perMinute - silos) * 5 * 0.97, (perMinute * 4) + limit);
    }

    [Theory]
    [InlineData(9, 10, 1)]
    [InlineData(9, 10, 2)]
    [InlineData(9, 10, 3)]
    [InlineData(9, 10, 5)]
    [InlineData(9, 10, 10)]
    [InlineData(55, 60, 1)]
    [InlineData(55, 60, 3)]
    [InlineData(55, 60, 10)]
    public void TryTake_OfSeveralSilosThatBeginTogether_InAnyMinute_StaysBelowThePlatformsLimit(double perMinute, int limit, int silos)
    {
        var share = new BudgetShare { Silos = silos };
        var random = new Random(7);

        // The first requests take longest to arrive, because they open the connections.
        var arrived = Enumerable.Range(0, silos)
            .SelectMany(_ => SendAllOf(new(perMinute, share, TimeSpan.Zero), TimeSpan.FromMinutes(10), _ => { }))
            .Select(at => at + (at == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(random.NextDouble())))
            .Order().ToList();

        Assert.InRange(arrived.Max(first => arrived.Count(at => at >= first && at < first + TimeSpan.FromMinutes(1))), 1, limit);
    }

    [Fact]
    public void Share_Changes_WhatWasLearnedKeepsItsProportion()
    {
        var share = new BudgetShare();
        var rate = new RequestRate(1200, share, TimeSpan.Zero);
        SendAllOf(rate, TimeSpan.FromMinutes(2), now => rate.Accepted(now));
        rate.Refused(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), retryAfter: null);
        var alone = rate.PerMinute;

        share.Silos = 4;
        rate.TryAcquire(TimeSpan.FromMinutes(2), out _);
        Assert.Equal(alone / 4, rate.PerMinute, 3);

        share.Silos = 2;
        rate.TryAcquire(TimeSpan.FromMinutes(2), out _);
        Assert.Equal(alone / 2, rate.PerMinute, 3);
    }

    [Fact]
    public void Refused_FallsToNineTenthsOfWhatWasAccepted()
    {
        var rate = new RequestRate(1200, new(), TimeSpan.Zero);
        SendAllOf(rate, TimeSpan.FromMinutes(2), now => rate.Accepted(now));

        rate.Refused(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), retryAfter: null);

        Assert.InRange(rate.PerMinute, 1060, 1082);
    }

    [Fact]
    public void Refused_ManyAtOnce_IsOneMessage()
    {
        var rate = new RequestRate(1200, new(), TimeSpan.Zero);
        SendAllOf(rate, TimeSpan.FromMinutes(2), now => rate.Accepted(now));
        for (var i = 0; i < 50; i++)
        {
            rate.Refused(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2) + TimeSpan.FromMilliseconds(i), retryAfter: null);
        }

        Assert.InRange(rate.PerMinute, 1060, 1082);
    }

    [Fact]
    public void Refused_NothingAcceptedYet_CostsHalfAtMost()
    {
        var rate = new RequestRate(1200, new(), TimeSpan.Zero);

        rate.Refused(TimeSpan.Zero, TimeSpan.FromSeconds(1), retryAfter: null);

        Assert.Equal(600, rate.PerMinute);
    }

    [Fact]
    public void Probe_GoesUpByTwoPercentEveryTenSeconds_ToTheCeiling()
    {
        var rate = new RequestRate(1200, new(), TimeSpan.Zero);
        rate.Refused(TimeSpan.Zero, TimeSpan.Zero, retryAfter: null);

        rate.TryAcquire(TimeSpan.FromSeconds(10), out _);
        Assert.Equal(612, rate.PerMinute, 6);
        rate.TryAcquire(TimeSpan.FromSeconds(20), out _);
        Assert.Equal(624.24, rate.PerMinute, 6);
        rate.TryAcquire(TimeSpan.FromMinutes(30), out _);
        Assert.Equal(1200, rate.PerMinute);
    }

    [Fact]
    public void Refused_RetryAfter_HoldsEverythingBack_AMinuteAtMost()
    {
        var rate = new RequestRate(1200, new(), TimeSpan.Zero);

        rate.Refused(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1));

        Assert.False(rate.TryAcquire(TimeSpan.FromSeconds(1), out var wait));
        Assert.Equal(TimeSpan.FromSeconds(59), wait);
        Assert.True(rate.TryAcquire(TimeSpan.FromSeconds(60), out _));
    }

    private static List<TimeSpan> SendAllOf(RequestRate rate, TimeSpan duration, Action<TimeSpan> sent)
    {
        var all = new List<TimeSpan>();
        for (var now = TimeSpan.Zero; now < duration;)
        {
            if (rate.TryAcquire(now, out var wait))
            {
                all.Add(now);
                sent(now);
            }
            else
            {
                now += wait;
            }
        }

        return all;
    }
}
