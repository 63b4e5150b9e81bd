using ChatApi;
using Microsoft.Extensions.AI;
using Snug.Hosting;

// A chat API over whatever LLM_PROVIDER names: a model that runs here, or a server. The program is the same.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
builder.Services.AddSnugChatClient();

WebApplication app = builder.Build();

app.MapGet("/health/live", () => "Healthy");
app.MapPost("/chat", async (ChatRequest request, IChatClient chat, HttpResponse response, CancellationToken cancellationToken) =>
{
    // The text as it comes; who hangs up ends the answer.
    response.ContentType = "text/plain; charset=utf-8";
    ChatOptions options = new() { MaxOutputTokens = request.MaxTokens, Temperature = request.Temperature };
    await foreach (ChatResponseUpdate update in chat.GetStreamingResponseAsync(request.Message, options, cancellationToken))
    {
        await response.WriteAsync(update.Text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
});

return await app.RunWithExitCodeAsync();
