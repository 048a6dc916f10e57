using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Vigil.Storage;

namespace Vigil.Tests.Storage;

public sealed class VigilStoreExtensionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Delete();

    [Fact]
    public async Task AddVigilStore_AfterAServiceThatNeedsIt_IsOpenBeforeThatStarts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddHostedService<Reader>();
        builder.Services.AddVigilStore(options => options.DataFolder = _folder.Path).AddVigilStore();

        using var host = builder.Build();
        await host.StartAsync();

        Assert.True(host.Services.GetServices<IHostedService>().OfType<Reader>().Single().HasRead);
        await host.StopAsync();
    }

    [Fact]
    public async Task Host_Disposed_LetsGoOfTheFolder()
    {
        for (int i = 0; i < 2; i++)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new());
            builder.Services.AddVigilStore(options => options.DataFolder = _folder.Path);
            using var host = builder.Build();
            await host.StartAsync();
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task DataFolder_FromConfiguration_IsUsed()
    {
        var folder = Path.Combine(_folder.Path, "from", "configuration");
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["Vigil:Store:DataFolder"] = folder;
        builder.Services.AddVigilStore();

        using var host = builder.Build();
        await host.StartAsync();

        Assert.True(File.Exists(Path.Combine(folder, "vigil.db")));
    }

    [Fact]
    public async Task Silo_WrongOptions_StopTheStartWithEveryErrorAtOnce()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        new SiloPart(builder).AddVigilStore(options => options.DataFolder = "");

        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(error.Failures, failure => failure.Contains(nameof(VigilStoreOptions.DataFolder), StringComparison.Ordinal));
        Assert.Contains(
            "StateJson: a silo stores the states of its grains and needs the options for their JSON.", error.Failures);
    }

    [Fact]
    public void Silo_AddVigilStore_GivesGrainStorageAndReminderTable()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        new SiloPart(builder).AddVigilStore(options => (options.DataFolder, options.StateJson) = (_folder.Path, JsonSerializerOptions.Default));

        using var host = builder.Build();

        Assert.NotNull(host.Services.GetRequiredKeyedService<IGrainStorage>(VigilStorage.ProviderName));
        Assert.NotNull(host.Services.GetRequiredService<IReminderTable>());
    }

    private sealed class Reader(IVigilStore store) : BackgroundService
    {
        public bool HasRead { get; private set; }

        public override async Task StartAsync(CancellationToken cancellationToken) =>
            HasRead = await store.ReadAsync(Sample.Execution("e1"), cancellationToken) is null;

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
