using HttpWorker;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddVigilHttpClient(new Uri(builder.Configuration["Vigil"]!));
builder.Services.AddHostedService<DailyDigests>();
builder.Build().Run();
