using System.Security.Claims;
using CoHosted;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Vigil;

var builder = WebApplication.CreateBuilder(args);
builder.AddVigilSilo(silo => silo.AddAdoNetGrainStorageAsDefault(storage =>
{
    storage.Invariant = "System.Data.SQLite"; // Orleans' name for every SQLite library.
    storage.ConnectionString = StateDatabase.Create("states.db");
}));
builder.Services.AddVigilGateway();
builder.Services.AddAuthentication().AddBearerToken();
builder.Services.AddAuthorization();

var app = builder.Build();
app.MapPost("/login", (string password, IConfiguration configuration) => password == configuration["Password"]
    ? Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity(BearerTokenDefaults.AuthenticationScheme)), authenticationScheme: BearerTokenDefaults.AuthenticationScheme)
    : Results.Unauthorized());
app.MapVigil("/vigil").RequireAuthorization();

app.MapPost("/reports/{day}", async (string day, IVigilClient vigil, IGrainFactory grains) =>
{
    var request = new StartExecution
    {
        Connection = "gloriamundo",
        Target = new ExecutionTarget("workflow", "digest"),
        Subscribers = [grains.GetGrain<IReportGrain>(day)],
    };
    await vigil.StartAsync(request, key: $"report-{day}");
    return Results.Accepted($"/reports/{day}");
});
app.MapGet("/reports/{day}", (string day, IGrainFactory grains) => grains.GetGrain<IReportGrain>(day).GetAsync());
app.Run();
