using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Vigil.Grains.Lifecycle;
using Vigil.Tests.Lifecycle;
using Vigil.Tests.Lifecycle.Table;

namespace Vigil.Tests.Wire;

/// <summary>What is reported to an execution arrives there as it was sent, with the members of its base.</summary>
public sealed class ReportTests
{
    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<string> Names => [.. Inputs.All.Keys.Where(name => Made(name) is LifecycleInput.Report)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Report_SentOnce_IsTheSame(string name)
    {
        var sent = Made(name) is LifecycleInput.Polled polled ? polled with { Polls = 7, RequestShare = 0.25 } : (LifecycleInput.Report)Made(name);

        var received = Serializer.Deserialize<LifecycleInput.Report>(Serializer.SerializeToArray(sent))!;

        Assert.Equal(sent.GetType(), received.GetType());
        Assert.Equivalent(sent, received, strict: true);
    }

    private static LifecycleInput Made(string name) => Inputs.All[name](Given.Accepted());
}
