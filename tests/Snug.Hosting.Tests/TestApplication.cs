using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Snug.Hosting.Tests;

/// <summary>A web application on loopback with models, its log, and a page for its health.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    private TestApplication(WebApplication application, LogCollector log) => (Application, Log) = (application, log);

    public WebApplication Application { get; }

    public LogCollector Log { get; }

    public IModelDirectory Models => Application.Services.GetRequiredService<IModelDirectory>();

    /// <summary>Whether the server takes requests: it has chosen a port.</summary>
    public bool IsListening =>
        Application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Any(address => !address.EndsWith(":0", StringComparison.Ordinal));

    private Uri Address => new(Application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Builds an application that is not started.</summary>
    /// <param name="hub">The hub that it knows.</param>
    /// <param name="add">Adds models.</param>
    /// <param name="options">More options.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="time">Its clock.</param>
    public static TestApplication Create(
        ModelHub hub, Action<ISnugBuilder>? add = null, Action<SnugOptions>? options = null, Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        LogCollector log = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        ISnugBuilder snug = builder.Services.AddSnug(builder.Configuration.GetSection(SnugOptions.SectionName));
        builder.Services.AddSnug(hub.Configure);
        builder.Services.AddSnug(options ?? (_ => { }));
        add?.Invoke(snug);
        builder.Services.AddHealthChecks().AddSnugModels();
        WebApplication application = builder.Build();
        application.MapHealthChecks("/ready", new HealthCheckOptions
        {
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
            ResponseWriter = (context, report) => context.Response.WriteAsync($"{report.Status}: {report.Entries["snug"].Description}"),
        });
        return new TestApplication(application, log);
    }

    public Task StartAsync() => Application.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>What the page for its health says.</summary>
    public async Task<(HttpStatusCode Status, string Text)> HealthAsync()
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Address, "/ready"), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Waits until a model is in a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="meanwhile">Done between looks.</param>
    /// <param name="model">The model.</param>
    public async Task<ModelStatus> WaitForAsync(ModelState state, Action? meanwhile = null, string model = ModelHub.Model)
    {
        while (Models.GetStatus(model) is var status)
        {
            if (status.State == state)
            {
                return status;
            }

            meanwhile?.Invoke();
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Application.DisposeAsync();
    }
}
