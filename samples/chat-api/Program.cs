using ChatApi;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.AI;
using Snug.Hosting;

// A chat API over whatever LLM_PROVIDER names: a model that runs here, or a server. The program is the same. When it names nothing, the
// demonstration model is served, from a Hub inside this process.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
builder.Services.AddSnug(builder.Configuration.GetSection(SnugOptions.SectionName));
await using DemonstrationHub? hub = string.IsNullOrWhiteSpace(builder.Configuration["LLM_PROVIDER"]) ? await DemonstrationHub.StartAsync() : null;
if (hub is null)
{
    builder.Services.AddSnugChatClient();
}
else
{
    builder.Services.AddSnug(hub.Configure);
    builder.Services.AddSnugChatClient(DemonstrationHub.Provider);
}

builder.Services.AddHealthChecks().AddSnugModels();

WebApplication app = builder.Build();

app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/health/ready");
app.MapPost("/chat", async (ChatRequest request, IChatClient chat, HttpResponse response, CancellationToken cancellationToken) =>
{
    ChatOptions options = new() { MaxOutputTokens = request.MaxTokens, Temperature = request.Temperature };
    if (!request.Stream)
    {
        ChatResponse whole = await chat.GetResponseAsync(request.Message, options, cancellationToken);
        return Results.Ok(new ChatAnswer(whole.Text, whole.ModelId, whole.FinishReason?.Value, whole.Usage?.OutputTokenCount));
    }

    // The text as it comes; who hangs up ends the answer.
    response.ContentType = "text/plain; charset=utf-8";
    await foreach (ChatResponseUpdate update in chat.GetStreamingResponseAsync(request.Message, options, cancellationToken))
    {
        await response.WriteAsync(update.Text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    return Results.Empty;
});

return await app.RunWithExitCodeAsync();
