using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snug.Hub;

namespace Snug.Hosting.Tests;

/// <summary>What code, configuration and variables may say.</summary>
public sealed class OptionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_section_names_models_and_says_how_they_are_had()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(hub, settings: new()
        {
            ["Snug:Mode"] = "lazy",
            ["Snug:MaxConcurrentModels"] = "2",
            ["Snug:HeaderTimeout"] = "00:00:07",
            ["Snug:Models:short"] = "org/other",
            ["Snug:Models:whisper:Repository"] = ModelHub.Model,
            ["Snug:Models:whisper:Revision"] = hub.Commit.Id,
            ["Snug:Models:whisper:Mode"] = "FailFast",
            ["Snug:Models:whisper:Include:0"] = "*.json",
            ["Snug:Models:whisper:Include:1"] = "*.md",
            ["Snug:Models:whisper:Exclude:0"] = "README.*",
        });

        await application.StartAsync();

        SnugOptions options = application.Application.Services.GetRequiredService<IOptions<SnugOptions>>().Value;
        Assert.Equal((ModelStartMode.Lazy, 2, TimeSpan.FromSeconds(7)), (options.Mode, options.MaxConcurrentModels, options.Hub.HeaderTimeout));
        Assert.Equal(["config.json"], application.Models.GetStatus("whisper").Snapshot!.Files);
        Assert.Equal(ModelState.Pending, application.Models.GetStatus("short").State);
        Assert.Equal("org/other", application.Models.GetStatus("short").Repository.FullName);
        Assert.Same(application.Models.GetStatus(ModelHub.Model).Snapshot, application.Models.GetStatus("whisper").Snapshot);
    }

    [Theory]
    [InlineData("Snug:Moode", "lazy", "'Snug:Moode' is not a setting of Snug")]
    [InlineData("Snug:Models:a:Revison", "main", "'Snug:Models:a:Revison' is not a setting of Snug. Allowed there: Repository, Revision,")]
    [InlineData("Snug:Mode", "soon", "Snug:Mode")]
    [InlineData("Snug:MaxConcurrentModels", "0", "MaxConcurrentModels must be 1 to 64, not 0.")]
    [InlineData("Snug:RetryDelay", "00:00:00", "RetryDelay must be longer than nothing.")]
    [InlineData("Snug:Models:a", "not an id", "Model 'a': 'not an id' is not a repository id")]
    [InlineData("Snug:Models:org/model:Revision", "a..b", "Model 'org/model': 'a..b' is not a revision")]
    [InlineData("Snug:Token", "hf_secret secret", "The token of the configuration has characters that no token has.")]
    public async Task What_makes_no_sense_stops_the_start_and_says_where(string key, string value, string problem)
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(hub, settings: new() { [key] = value });

        OptionsValidationException e = await Assert.ThrowsAnyAsync<OptionsValidationException>(application.StartAsync);

        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", application.Log.Text + e, StringComparison.Ordinal);
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_variable_names_the_model_and_another_value_another_model()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        foreach ((string? value, string repository, string said) in new[]
        {
            (ModelHub.Other, ModelHub.Other, "WHISPER_MODEL names the model org/other"),
            (ModelHub.Model, ModelHub.Model, "WHISPER_MODEL names the model org/model"),
            ("  ", ModelHub.Model, "WHISPER_MODEL is unset; the model is the default, org/model"),
            (null, ModelHub.Model, "WHISPER_MODEL is unset; the model is the default, org/model"),
        })
        {
            await using TestApplication application = TestApplication.Create(
                hub, snug => snug.AddModelFromEnvironment("WHISPER_MODEL", ModelHub.Model), settings: new() { ["WHISPER_MODEL"] = value });

            await application.StartAsync();

            Assert.Equal(repository, application.Models.GetStatus("WHISPER_MODEL").Repository.FullName);
            Assert.True(Directory.Exists(application.Models.GetPath(repository)));
            Assert.Contains(application.Log.Of(LogLevel.Information), line => line.Contains(said, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_path_in_the_name_of_a_model_is_all_that_is_had_of_it()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(
            hub, snug => snug.AddModel("one", model => model.Repository = "hf://org/model@main/config.json"));

        await application.StartAsync();

        Assert.Equal(["config.json"], application.Models.GetStatus("one").Snapshot!.Files);
    }

    [Fact]
    public async Task A_token_of_the_configuration_is_sent_and_not_logged()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(
            hub, snug => snug.AddModel(ModelHub.Model), settings: new() { ["Snug:Token"] = "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" });

        await application.StartAsync();

        Assert.All(hub.Hub.Requests.Snapshot().Where(request => request.Listener == TestKit.HubListener.Endpoint), request => Assert.True(request.HasAuthorization));
        Assert.DoesNotContain("hf_xxxxx", application.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Signature", application.Log.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("System.Net.Http.HttpClient", application.Log.Text, StringComparison.Ordinal);
        Assert.Contains("HuggingFace token configured", application.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_often_it_is_added_one_service_readies_all_models()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug =>
        {
            snug.AddModel(ModelHub.Model);
            snug.Services.AddSnug().AddModel(ModelHub.Other).AddModel(ModelHub.Model);
        });

        await application.StartAsync();

        Assert.Single(application.Application.Services.GetServices<IHostedService>(), service => service is ModelStartup);
        Assert.Equal([ModelHub.Model, ModelHub.Other], application.Models.Models.Select(model => model.Name));
        Assert.All(application.Models.Models, model => Assert.Equal(ModelState.Ready, model.State));
    }

    [Fact]
    public async Task Handlers_of_the_application_see_every_request_and_a_client_of_its_own_is_used_instead()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        Counter counter = new();
        await using TestApplication application = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model).HttpClient.AddHttpMessageHandler(() => counter));
        await application.StartAsync();
        Assert.Equal(hub.Hub.Requests.Count, counter.Count);

        using HubClient own = hub.Hub.CreateClient(hub.Cache, options => options.Offline = true);
        await using TestApplication other = TestApplication.Create(hub, snug => snug.AddModel(ModelHub.Model).Services.AddSingleton(own));
        int before = hub.Hub.Requests.Count;
        await other.StartAsync();

        Assert.Equal(before, hub.Hub.Requests.Count);
        Assert.Equal(HttpStatusCode.OK, (await other.HealthAsync()).Status);
        Assert.NotNull(await own.DownloadFileAsync(ModelHub.Model, "config.json", cancellationToken: Cancellation));
    }

    private sealed class Counter : DelegatingHandler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
