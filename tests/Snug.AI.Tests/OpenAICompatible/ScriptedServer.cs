using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Snug.AI.Tests;

/// <summary>A server on loopback that answers as a script says, and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ScriptedServer(WebApplication application) => _application = application;

    public delegate Task Script(HttpContext context);

    /// <summary>The address with its version.</summary>
    public Uri Address => new(new Uri(_application.Urls.First()), "/v1");

    /// <summary>The requests in their order.</summary>
    public ConcurrentQueue<SentRequest> Requests { get; } = new();

    /// <summary>The last request's body.</summary>
    public JsonElement LastBody => Requests.Last().Body;

    /// <summary>Starts a server; each request takes the next script, the last one serves all that follow.</summary>
    public static async Task<ScriptedServer> StartAsync(params Script[] scripts)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        ScriptedServer server = new(application);
        int next = -1;
        application.Run(async context =>
        {
            server.Requests.Enqueue(await SentRequest.ReadAsync(context.Request));
            await scripts[Math.Min(Interlocked.Increment(ref next), scripts.Length - 1)](context);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Answers with an object.</summary>
    public static Script Json(string body, int status = 200, string type = "application/json", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        foreach ((string name, string value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body);
    };

    /// <summary>Answers with events, each flushed by itself.</summary>
    public static Script Events(params string[] events) => Raw([.. events.Select(data => $"data: {data}\n\n")]);

    /// <summary>Answers with a stream of events in these very pieces.</summary>
    public static Script Raw(params string[] pieces) => async context =>
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (string piece in pieces)
        {
            await context.Response.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
        }
    };

    /// <summary>Sends some pieces, and cuts the connection when they have been read: what is under way when a connection is cut may be lost.</summary>
    public static Script Cut(Task read, params string[] pieces) => async context =>
    {
        await Raw(pieces)(context);
        await read.WaitAsync(context.RequestAborted);
        context.Abort();
    };

    /// <summary>Sends some pieces and then nothing more, until the client goes away or the server is stopped.</summary>
    public static Script Stall(TaskCompletionSource reached, params string[] pieces) => async context =>
    {
        if (pieces.Length > 0)
        {
            await Raw(pieces)(context);
        }

        reached.TrySetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, which is what the test is about.
        }
    };

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
