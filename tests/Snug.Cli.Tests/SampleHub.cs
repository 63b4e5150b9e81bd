using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Snug.Server;

namespace Snug.Cli.Tests;

/// <summary>A Hub on loopback with the demonstration repositories that are shipped beside the tool.</summary>
public sealed class SampleHub : IAsyncLifetime
{
    /// <summary>Tokens of samples/repositories/hub.json; they work nowhere else.</summary>
    public const string AliceToken = "hf_DEMOaliceREAD00000000000000000000000000000";
    public const string CarolToken = "hf_DEMOcarolREAD00000000000000000000000000000";
    public const string BobToken = "hf_DEMObobREAD0000000000000000000000000000000";
    public const string ExpiredToken = "hf_DEMOaliceEXPIRED00000000000000000000000000";
    public const string FineToken = "hf_DEMOaliceFINE00000000000000000000000000000";

    private HubServer _server = null!;

    public static string Repositories => Path.Join(AppContext.BaseDirectory, "repositories");

    public Uri Endpoint => _server.Endpoint;

    /// <summary>Method and path of every request so far.</summary>
    internal ConcurrentQueue<string> Requests { get; } = new();

    internal CliHarness Cli() => new(Endpoint);

    public async ValueTask InitializeAsync() => _server = await HubServer.StartAsync(
        new HubServerOptions
        {
            Source = new FolderRepositorySource(Repositories),
            Configure = application => application.Use((context, next) =>
            {
                Requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
                return next(context);
            }),
        },
        TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
