using Snug.Hub;

namespace Snug.Cli.Tests;

/// <summary>What doctor says about addresses that are none, folders that are asked for as files, and lines that are slow.</summary>
public sealed class DoctorConnectionTests(SampleHub hub) : IClassFixture<SampleHub>
{
    [Theory]
    [InlineData("https://huggingface.co/")]
    [InlineData("https://elsewhere.example/snug/tiny-model")]
    [InlineData("htp://huggingface.co/snug/tiny-model")]
    [InlineData("snug/tiny/model")]
    public async Task An_address_that_is_none_is_recognised_and_the_form_is_told(string address)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("doctor", address, "--json");

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.NotEmpty(result.Json.GetProperty("advice").EnumerateArray());
    }

    [Theory]
    [Trait("Requirement", "S2-33")]
    [InlineData("Tiny")]
    [InlineData("Tiny.mlpackages")]
    public async Task A_path_that_is_not_there_is_told_to_be_perhaps_a_folder_without_its_ending(string path)
    {
        using CliHarness cli = hub.Cli();

        CliResult result = await cli.RunAsync("download", "snug/tiny-package", path, "--json");

        Assert.Equal((ExitCodes.NotFound, "entry_not_found"), (result.ExitCode, result.Json.GetProperty("kind").GetString()));
        Assert.Contains(
            result.Json.GetProperty("advice").EnumerateArray(), a => a.GetString()!.Contains("If the path is a folder (a .mlpackage", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Requirement", "S2-34")]
    [InlineData(50e6, null, CheckStatus.Ok)]
    [InlineData(1e6, null, CheckStatus.Warning, "Use a token", "Try another network", "in the background")]
    [InlineData(1e6, SampleHub.AliceToken, CheckStatus.Warning, "Try another network", "in the background")]
    public void A_slow_line_gets_the_advice_that_fits(double speed, string? token, object status, params string[] advice)
    {
        DoctorFacts facts = new()
        {
            Purpose = DoctorPurpose.Use,
            Settings = HubSettings.Resolve(new HubClientOptions { Token = token is null ? null : AccessToken.Parse(token), ReadVariable = _ => null, UseDotEnv = false }),
            Project = "",
            Connection = new ConnectionReport { Endpoint = hub.Endpoint, IsReachable = true },
            Targets = [],
            Reports = [],
            BytesPerSecond = speed,
        };

        DoctorCheck check = Assert.Single(ConnectionChecks.Run(facts), c => c.Id == "speed");

        Assert.Equal(status, check.Status);
        Assert.Equal(advice.Length, check.Advice.Count);
        Assert.All(advice.Zip(check.Advice), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S2-34")]
    public async Task The_speed_is_measured_with_a_download_that_leaves_nothing_behind()
    {
        using CliHarness cli = hub.Cli();
        int before = hub.Requests.Count(request => request.Contains("/resolve/", StringComparison.Ordinal));

        CliResult result = await cli.RunAsync("doctor", "snug/tiny-model", "--speed", "--project", cli.Work, "--json");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.True(result.Json.GetProperty("download").GetProperty("bytesPerSecond").GetInt64() > 0);
        Assert.Contains("speed", result.Json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("id").GetString()));
        Assert.True(hub.Requests.Count(request => request.Contains("/resolve/", StringComparison.Ordinal)) > before);
        Assert.False(Directory.Exists(Path.Join(cli.Cache, "models--snug--tiny-model")));
    }

    [Fact]
    [Trait("Requirement", "S2-32")]
    public async Task A_public_model_that_is_said_to_need_authentication_leads_to_the_flag_of_its_provider_or_to_its_address()
    {
        using TempFolder cache = new();
        using HubClient client = new(new HubClientOptions { Endpoint = hub.Endpoint, CacheDirectory = cache.Path, ReadVariable = _ => null, UseDotEnv = false, UseImplicitToken = false });
        using CliHarness cli = hub.Cli();

        ModelAccess flagged = await new ModelCatalog(new WronglyFlagged(client)).CheckAsync("snug/tiny-model", TestContext.Current.CancellationToken);
        ModelAccess right = await new ModelCatalog(new HuggingFaceProvider(client)).CheckAsync("snug/tiny-model", TestContext.Current.CancellationToken);
        CliResult malformed = await cli.RunAsync("doctor", $"{hub.Endpoint}snug/tiny model/resolve/main/config.json", "--project", cli.Work, "--json");

        Assert.Equal((false, "token_required"), (flagged.IsReadable, flagged.Code));
        Assert.Contains("If the model is public, the provider is wrongly flagged: check requiresAuth of 'huggingface'.", flagged.Advice);
        Assert.Contains(flagged.Advice, advice => advice.Contains("Check that the address", StringComparison.Ordinal));
        Assert.Equal((true, false), (right.IsReadable, right.RequiresAuth));
        Assert.Equal((ExitCodes.Usage, "invalid_request"), (malformed.ExitCode, malformed.Json.GetProperty("kind").GetString()));
        Assert.Contains("snug/tiny model", malformed.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(malformed.Json.GetProperty("advice").EnumerateArray());
    }

    /// <summary>The Hub, taken for a provider of which nothing can be had without a token.</summary>
    private sealed class WronglyFlagged(HubClient client) : ModelProvider
    {
        private readonly HuggingFaceProvider _real = new(client);

        public override ProviderDescriptor Descriptor => _real.Descriptor with { RequiresAuth = true };

        public override bool IsAuthenticated => _real.IsAuthenticated;

        public override bool Handles(Uri address) => _real.Handles(address);

        public override Task<ModelAccess> CheckAsync(string model, CancellationToken cancellationToken = default) => _real.CheckAsync(model, cancellationToken);

        public override Task<string> DownloadAsync(string model, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            _real.DownloadAsync(model, progress, cancellationToken);
    }
}
