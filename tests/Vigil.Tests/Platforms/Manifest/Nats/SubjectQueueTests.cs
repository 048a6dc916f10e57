using Vigil.Platforms.Manifest.Nats;

namespace Vigil.Tests.Platforms.Manifest.Nats;

/// <summary>What is subscribed next, whatever a server refuses.</summary>
public sealed class SubjectQueueTests
{
    private readonly SubjectQueue _queue = new();

    [Fact]
    public void TryNext_Wanted_InOrder()
    {
        Add("a", "b");

        Assert.Equal(["+a", "+b"], Steps());
        Assert.True(_queue.IsComplete);
    }

    [Fact]
    public void Remove_OnlyWhatIsSubscribedIsUnsubscribed()
    {
        Add("a");
        Steps();
        Add("b");
        _queue.Remove("a");
        _queue.Remove("b");

        Assert.Equal(["-a"], Steps());
    }

    [Fact]
    public void Remove_WantedAgainAtOnce_IsUnsubscribedFirst()
    {
        Add("a");
        Steps();
        _queue.Remove("a");
        Add("a");

        Assert.Equal(["-a", "+a"], Steps());
    }

    [Fact]
    public void ReachedLimit_TheYoungestWaitUntilThereIsRoom()
    {
        Add("a", "b", "c", "d");
        Steps();
        _queue.ReachedLimit();
        _queue.ReachedLimit();
        Add("e");
        Assert.Equal(["-d", "-c"], Steps());
        Assert.False(_queue.IsComplete);

        _queue.Remove("a");
        Assert.Equal(["-a", "+d"], Steps());
        _queue.Remove("b");
        _queue.Remove("c");
        Assert.Equal(["-b", "+e"], Steps());
        Assert.True(_queue.IsComplete);
    }

    [Fact]
    public void ReachedLimit_NothingSubscribed_ChangesNothing()
    {
        _queue.ReachedLimit();
        Add("a");

        Assert.Equal(["+a"], Steps());
    }

    [Fact]
    public void StartOver_WhatWasRefusedIsTriedAgain()
    {
        Add("a", "b", "c");
        Steps();
        _queue.Denied("a");
        _queue.ReachedLimit();
        Assert.Equal(["-a", "-c"], Steps());
        Assert.False(_queue.IsComplete);

        _queue.Reset();

        Assert.Equal(["+c", "+a"], Steps());
        Assert.True(_queue.IsComplete);
    }

    [Fact]
    public void Denied_SubjectThatNobodyWants_ChangesNothing()
    {
        Add("a");
        Steps();
        _queue.Denied("b");

        Assert.Empty(Steps());
        Assert.True(_queue.IsComplete);
    }

    [Fact]
    public void Remove_AddedTwice_StaysUntilRemovedTwice()
    {
        Add("a", "a");
        Assert.Equal(["+a"], Steps());
        _queue.Remove("a");
        Assert.Empty(Steps());
        _queue.Remove("a");

        Assert.Equal(["-a"], Steps());
    }

    [Fact]
    public void Retry_LimitThatStillHolds_TriesOneSubjectEachTime()
    {
        Add("a", "b", "c", "d");
        Steps();
        _queue.ReachedLimit();
        _queue.ReachedLimit();
        Steps();
        Assert.Equal((2, 2), (_queue.Subscribed, _queue.Refused));

        for (var i = 0; i < 3; i++)
        {
            _queue.Retry();
            Assert.Single(Steps());
            _queue.ReachedLimit();
            Assert.Single(Steps());
            Assert.Equal((2, 2, false), (_queue.Subscribed, _queue.Refused, _queue.IsRetrying));
        }
    }

    [Fact]
    public void Retry_LimitThatIsGone_TriesTwiceAsManyEachTime_AndIsCompleteOnceTheLastAreProven()
    {
        Add("a", "b", "c", "d", "e");
        Steps();
        for (var i = 0; i < 4; i++)
        {
            _queue.ReachedLimit();
        }

        Steps();
        var counts = new List<int>();
        while (!_queue.IsComplete)
        {
            _queue.Retry();
            counts.Add(Steps().Count);
        }

        Assert.Equal([1, 2, 1, 0], counts);
        Add("f", "g");
        Assert.Equal(["+f", "+g"], Steps());
    }

    [Fact]
    public void Retry_Denied_IsTriedAndDeniedAgain()
    {
        Add("a", "b", "c");
        Steps();
        _queue.Denied("a");
        _queue.Denied("b");
        Assert.Equal(["-a", "-b"], Steps());

        _queue.Retry();
        Assert.Equal(["+a"], Steps());
        Assert.False(_queue.IsComplete);
        _queue.Denied("a");
        Assert.Equal(["-a"], Steps());
        _queue.Retry();
        Assert.Equal(["+b"], Steps());
        _queue.Retry();

        Assert.Equal(["+a"], Steps());
        _queue.Retry();
        Assert.True(_queue.IsComplete);
    }

    private void Add(params string[] subjects)
    {
        foreach (var subject in subjects)
        {
            _queue.Add(subject);
        }
    }

    private List<string> Steps()
    {
        var steps = new List<string>();
        while (_queue.TryNext(out var subject, out var subscribe))
        {
            steps.Add((subscribe ? "+" : "-") + subject);
        }

        return steps;
    }
}
