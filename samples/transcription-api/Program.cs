using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Snug.Hosting;
using TranscriptionApi;

// An API that has the model which WHISPER_MODEL names before it takes the first request. What it would do with the model, recognizing
// speech, is left out: it tells what it has.
const string Variable = "WHISPER_MODEL";

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);

// Status on standard output, errors on standard error, each with its time.
builder.Logging.ClearProviders();
builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ");
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Error);

builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
builder.Services.AddSnug(builder.Configuration.GetSection(SnugOptions.SectionName)).AddModelFromEnvironment(Variable, "openai/whisper-tiny");
builder.Services.AddHealthChecks().AddSnugModels();

WebApplication app = builder.Build();

app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/health/ready", new HealthCheckOptions
{
    ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
    ResponseWriter = (context, report) => context.Response.WriteAsync($"{report.Status}: {report.Entries["snug"].Description}\n"),
});
app.MapGet("/model", (IModelDirectory models) => models.GetStatus(Variable) is { Snapshot: { } snapshot } status
    ? Results.Ok(new ModelAnswer(status.Repository.FullName, snapshot.Commit, snapshot.Directory, snapshot.Files))
    : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));

return await app.RunWithExitCodeAsync();
