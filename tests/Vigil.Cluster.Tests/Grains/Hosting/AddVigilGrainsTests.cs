using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Vigil.Grains;
using Vigil.Testing;

namespace Vigil.Cluster.Tests.Grains.Hosting;

public sealed class AddVigilGrainsTests
{
    [Fact]
    public void Validate_WrongConfiguration_ListsEveryErrorAtOnce()
    {
        var silo = new BareSilo(new()
        {
            ["Vigil:Store:DataFolder"] = "",
            ["Vigil:Connections:0:Name"] = "A b",
            ["Vigil:Connections:0:Platform"] = "nowhere",
            ["Vigil:Connections:1:Name"] = "second",
            ["Vigil:Connections:1:Platform"] = "gloriamundo",
            ["Vigil:Connections:1:Cadence"] = "soon",
        });
        silo.AddVigilGrains();
        using var provider = silo.Services.BuildServiceProvider();

        var errors = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IStartupValidator>().Validate()).ToString();

        Assert.All(["DataFolder", "Name must have", "'nowhere' is unknown", "Vigil:Connections:1:Cadence"], part => Assert.Contains(part, errors, StringComparison.Ordinal));
    }

    [Fact]
    public void AddVigilGrains_Twice_AddsNothingTwice()
    {
        var silo = new BareSilo([]);
        silo.AddVigilGrains();
        var once = silo.Services.Select(service => service.ServiceType).Where(IsOurs).ToArray();

        silo.AddVigilGrains();

        Assert.Equal(once, silo.Services.Select(service => service.ServiceType).Where(IsOurs));
    }

    private static bool IsOurs(Type type) =>
        type.Assembly == typeof(VigilSiloExtensions).Assembly || type == typeof(ILifecycleParticipant<ISiloLifecycle>);
}
