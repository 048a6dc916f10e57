using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Vigil.Gateway.Tests.Hosting;

/// <summary>
/// Somebody else's app with an error format, a 404 page, JSON options, an OpenAPI document, a health address, a clock, authentication, CORS and rate limits
/// of its own. It may host the gateway as an Orleans client of a cluster.
/// </summary>
internal sealed class ShopApp : IAsyncDisposable
{
    public const string PathBase = "/base";
    public const string Key = "secret";
    public const string Operators = "operators";
    public const string Friends = "friends";
    public const string Friend = "https://friend.example";
    public const string Few = "few";
    public const string LimitedHeader = "Limited";

    private readonly WebApplication _app;

    private ShopApp(WebApplication app)
    {
        _app = app;
        Address = $"{app.Urls.Single()}{PathBase}";
    }

    /// <summary>Gets the app's address with its path base.</summary>
    public string Address { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="cluster">The cluster to be a client of.</param>
    /// <param name="map">Maps the gateway.</param>
    public static Task<ShopApp> StartAsync(VigilApp cluster, Action<IEndpointRouteBuilder> map) => StartAsync(
        builder =>
        {
            builder.UseOrleansClient(client => client.UseStaticClustering(cluster.Silo.ClusterGateway));
            builder.Services.AddVigilGateway();
            builder.Services.AddHealthChecks().AddVigil();
        },
        map);

    public static Task<ShopApp> StartWithoutVigilAsync() => StartAsync(_ => { }, _ => { });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<ShopApp> StartAsync(Action<WebApplicationBuilder> add, Action<IEndpointRouteBuilder> map)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var services = builder.Services;
        services.AddSingleton<TimeProvider>(new ShopTime());
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower)));
        services.AddOpenApi(openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Shop";
            return Task.CompletedTask;
        }));
        services.AddHealthChecks().AddCheck("shop", () => HealthCheckResult.Healthy());
        services.AddAuthentication(KeyAuthentication.Scheme).AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.Scheme, configureOptions: null);
        services.AddAuthorization(authorization => authorization.AddPolicy(Operators, policy => policy.RequireRole("operator")));
        services.AddCors(cors => cors.AddPolicy(Friends, policy => policy.WithOrigins(Friend).AllowAnyHeader().AllowAnyMethod()));
        services.AddRateLimiter(limiter => limiter.AddPolicy(Few, context => context.Request.Headers.ContainsKey(LimitedHeader)
            ? RateLimitPartition.GetFixedWindowLimiter("limited", _ => new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) })
            : RateLimitPartition.GetNoLimiter("")));
        add(builder);

        var app = builder.Build();
        app.UsePathBase(PathBase);
        app.UseExceptionHandler(errors => errors.Run(context => context.Response.WriteAsJsonAsync(new { ShopError = "Sorry." })));
        app.UseStatusCodePages("text/plain", "The shop says {0}.");
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        MapShop(app);
        map(app);
        await app.StartAsync();
        return new(app);
    }

    private static void MapShop(WebApplication app)
    {
        app.MapGet("/orders/{number}", (int number) => new Order(number, OrderState.OnItsWay));
        app.MapPost("/orders", (Order order) => order);
        app.MapPut("/own", () => "own").RequireAuthorization(Operators);
        app.MapGet("/boom", string () => throw new InvalidOperationException("Boom."));
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = check => check.Name == "shop" });
        app.MapOpenApi("/docs/{documentName}.json");

        // As a page that draws all addresses itself, which is served for reads alone.
        app.MapFallback(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<h1>The shop does not have this.</h1>");
        }).WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    }

    private enum OrderState
    {
        New,
        OnItsWay,
    }

    private sealed record Order(int OrderNumber, OrderState State);

    /// <summary>The app's own clock.</summary>
    internal sealed class ShopTime : TimeProvider;

    [SuppressMessage("Performance", "CA1812", Justification = "Authentication creates it.")]
    private sealed class KeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        public new const string Scheme = "Key";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, "operator")], Scheme));
            return Task.FromResult(Request.Headers.Authorization == $"Bearer {Key}"
                ? AuthenticateResult.Success(new(principal, Scheme))
                : AuthenticateResult.NoResult());
        }
    }
}
