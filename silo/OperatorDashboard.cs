using Orleans.Dashboard;
using Vigil.Hosting;

namespace Vigil.Silo;

/// <summary>Orleans' dashboard for operators: silos, grains, calls and reminders. Off by default.</summary>
internal static class OperatorDashboard
{
    private const string Section = "Vigil:Dashboard";
    private const string Setting = $"{Section}:{nameof(Settings.Enabled)}";
    private const string Path = "/orleans";

    public static void AddOperatorDashboard(this ISiloBuilder silo, IConfiguration configuration)
    {
        var value = configuration[Setting];
        silo.Services.AddSingleton(new SettingsSection(Section, typeof(Settings)));
        silo.Services.AddOptions<DashboardOptions>()
            .Validate(_ => value is null || bool.TryParse(value, out var _), $"{Setting} '{value}' must be true or false.")
            .ValidateOnStart();
        if (IsEnabled(configuration))
        {
            silo.AddDashboard(options => options.HideTrace = true);
        }
    }

    public static void MapOperatorDashboard(this WebApplication app)
    {
        if (IsEnabled(app.Configuration))
        {
            // It is not part of the API, so the OpenAPI document omits it.
            app.MapOrleansDashboard(Path).ExcludeFromDescription();
        }
    }

    private static bool IsEnabled(IConfiguration configuration) => bool.TryParse(configuration[Setting], out var enabled) && enabled;

    /// <summary>Orleans' dashboard for operators, on <c>/orleans</c>, without a password. Only the silo program has it.</summary>
    private sealed record Settings
    {
        /// <summary>Gets a value indicating whether it is shown. Default: false.</summary>
        public bool Enabled { get; init; }
    }
}
