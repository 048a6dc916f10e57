using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Support;

/// <summary>Makes connections for tests.</summary>
internal static class Connected
{
    public const string Secret = "gm_live_0123456789abcdef";

    public static ConnectionOptions Options(string platform, params (string Key, string Value)[] settings) => new()
    {
        Name = platform,
        Platform = platform,
        BaseAddress = new Uri("https://platform.test/"),
        Credential = Secret,
        Settings = settings.ToDictionary(setting => setting.Key, setting => setting.Value),
    };

    public static IPlatformConnection To(this IPlatform platform, HttpMessageHandler far, ConnectionOptions? options = null, TimeProvider? time = null) =>
        platform.Connect(options ?? Options(platform.Name), new HttpClient(far) { Timeout = Timeout.InfiniteTimeSpan }, time ?? TimeProvider.System);

    public static RunRequest Request(string kind, string target, string? input = null, string? version = null) =>
        new("execution-1", new ExecutionTarget(kind, target, version), input, ImmutableDictionary<string, string>.Empty, TimeSpan.FromHours(1));

    public static async Task<Snapshot> SeenAsync(this IPlatformConnection connection, string remoteId)
    {
        var answers = await connection.PollAsync([new RemoteRun(remoteId)], CancellationToken.None);
        return Assert.IsType<PollAnswer.Seen>(Assert.Single(answers)).Snapshot;
    }

    public static async Task<PlatformError> FailureOfAsync(Func<Task> request) => (await Assert.ThrowsAsync<PlatformException>(request)).Error;
}
