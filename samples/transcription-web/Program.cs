using System.Net;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Snug.Hosting;

// A web application beside the API, on the same cache: both may start at once, and the model is transferred once.
const string Variable = "WHISPER_MODEL";

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);

// Status on standard output, errors on standard error, each with its time.
builder.Logging.ClearProviders();
builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ");
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Error);

builder.Services.AddSnug(builder.Configuration.GetSection(SnugOptions.SectionName)).AddModelFromEnvironment(Variable, "openai/whisper-tiny");
builder.Services.AddHealthChecks().AddSnugModels();

WebApplication app = builder.Build();

app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/health/ready");
app.MapGet("/", (IModelDirectory models) => Results.Content(Page(models.GetStatus(Variable)), "text/html; charset=utf-8"));

return await app.RunWithExitCodeAsync();

static string Page(ModelStatus model)
{
    string files = string.Concat((model.Snapshot?.Files ?? []).Select(file => $"<li>{WebUtility.HtmlEncode(file)}</li>"));
    return $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Transcription</title></head>
        <body>
        <h1>Transcription</h1>
        <p>Model: <b>{WebUtility.HtmlEncode(model.Repository.FullName)}</b>, {WebUtility.HtmlEncode(model.State.ToString())}, {model.Percentage} %</p>
        <ul>{files}</ul>
        </body>
        </html>
        """;
}
