using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Snug.AI.Tests;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Hosting.Tests;

/// <summary>A whole run with a token, with everything logged that can be: no line has the token.</summary>
public sealed class WholeRunLogTests
{
    private const string Token = "hf_DEMOprovider000000000000000000000000000";
    private const string Granted = "org/granted";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S1-27")]
    public async Task The_logger_of_an_application_that_starts_answers_fails_and_stops_hears_no_token_at_any_level()
    {
        await using ModelHub hub = await StartAsync();
        Dictionary<string, string> environment = new() { ["LLM_PROVIDER"] = "huggingface", ["LLM_MODEL"] = Granted, ["HF_TOKEN"] = Token };
        string log;
        await using (TestApplication application = TestApplication.Create(
            hub,
            snug => snug.AddModel(ModelHub.Model).AddModel(ModelHub.Gated, model => model.Mode = ModelStartMode.Background).Services.AddSnugChatClient(),
            options =>
            {
                options.Hub.UseImplicitToken = true;
                options.Hub.ReadVariable = environment.GetValueOrDefault;
            },
            new() { ["Logging:LogLevel:Default"] = "Trace" }))
        {
            await application.StartAsync();
            await application.WaitForAsync(ModelState.Failed, model: ModelHub.Gated);
            IChatClient chat = application.Application.Services.GetRequiredService<IChatClient>();
            await chat.GetResponseAsync("hello", new ChatOptions { MaxOutputTokens = 3 }, Cancellation);
            Exception e = await Assert.ThrowsAnyAsync<Exception>(() => application.Models.GetAsync(ModelHub.Gated, Cancellation));
            application.Application.Services.GetRequiredService<ILogger<WholeRunLogTests>>().LogError(e, "{Health}", await application.HealthAsync());
            await application.Application.StopAsync(Cancellation);
            log = application.Log.Text;
        }

        Assert.Contains("HuggingFace token configured (from HF_TOKEN)", log, StringComparison.Ordinal);
        Assert.Contains("org/granted is loaded from the cache", log, StringComparison.Ordinal);
        Assert.Contains("cannot be had (gated_repo_error)", log, StringComparison.Ordinal);
        Assert.Contains("Debug Snug.Hub.HubClient", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, log, StringComparison.Ordinal);
        Assert.DoesNotContain(Token[3..20], log, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S1-27")]
    [InlineData("ChatApi", "LLM_MODEL", Granted, null)]
    [InlineData("ChatApi", "LLM_MODEL", ModelHub.Gated, 4)]
    [InlineData("TranscriptionApi", "WHISPER_MODEL", Granted, null)]
    [InlineData("TranscriptionWeb", "WHISPER_MODEL", ModelHub.Gated, 4)]
    public async Task The_console_of_a_program_shows_no_token_when_all_is_traced(string sample, string variable, string model, int? exitCode)
    {
        await using ModelHub hub = await StartAsync();
        await using SampleProcess process = SampleProcess.Start(
            sample, hub, (variable, model), ("LLM_PROVIDER", "huggingface"), ("HF_TOKEN", Token), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0"), ("Logging__LogLevel__Default", "Trace"));

        if (exitCode is null)
        {
            using HttpClient http = new();
            Uri address = await process.ListeningAsync();
            using HttpResponseMessage health = await http.GetAsync(new Uri(address, "/health/ready?token=" + model.Length), Cancellation);
            health.EnsureSuccessStatusCode();
            Assert.Contains("downloaded and verified", process.Text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(exitCode, await process.EndAsync());
        }

        Assert.Contains("dbug: ", process.Text, StringComparison.Ordinal);
        Assert.Contains(model, process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token[3..20], process.Text, StringComparison.Ordinal);
        Assert.Contains(hub.Hub.Requests.Snapshot(), request => request.HasAuthorization);
    }

    private static async Task<ModelHub> StartAsync()
    {
        ModelHub hub = await ModelHub.StartAsync();
        hub.Source.Accounts = new HubAccounts([new HubAccount("friend") { Tokens = [new HubToken(Token, "good")] }]);
        using TemporaryFolder folder = new();
        RandomModel.Write(folder);
        await hub.Source.Add(Granted, new RepositorySettings { Gate = RepositoryGate.Manual, Granted = new HashSet<string> { "friend" } }).CommitAsync(
            [.. Directory.GetFiles(folder.Root).Select(file => (Path.GetFileName(file), RepositoryContent.FromBytes(File.ReadAllBytes(file))))]);
        return hub;
    }
}
