using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Which provider a model belongs to, and whether that provider gives it.</summary>
public sealed class ModelCatalogTests(AccessHub hub) : IClassFixture<AccessHub>, IDisposable
{
    private readonly TemporaryCache _cache = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Descriptors_are_what_a_catalogue_shows()
    {
        using HubClient client = hub.Client(_cache, null);
        ModelCatalog catalog = new(new HuggingFaceProvider(client), new ZooProvider(null));

        Assert.Equal(
            [
                new ProviderDescriptor("huggingface", "Hugging Face", "🤗", ProviderAuthentication.BearerToken, RequiresAuth: false),
                new ProviderDescriptor("model-zoo", "The Model Zoo", "🦒", ProviderAuthentication.ApiKey, RequiresAuth: true),
            ],
            catalog.Descriptors);
    }

    [Theory]
    [InlineData("snug/tiny-model", "huggingface", "snug/tiny-model")]
    [InlineData("gpt2", "huggingface", "gpt2")]
    [InlineData("huggingface:snug/tiny-model", "huggingface", "snug/tiny-model")]
    [InlineData("model-zoo:giraffe", "model-zoo", "giraffe")]
    [InlineData("MODEL-ZOO:giraffe", "model-zoo", "giraffe")]
    [InlineData("https://zoo.example/models/giraffe", "model-zoo", "https://zoo.example/models/giraffe")]
    [InlineData("https://huggingface.co/openai/whisper-tiny", "huggingface", "https://huggingface.co/openai/whisper-tiny")]
    [InlineData("https://hf.co/openai/whisper-tiny/resolve/main/config.json", "huggingface", "https://hf.co/openai/whisper-tiny/resolve/main/config.json")]
    [InlineData("hf://openai/whisper-tiny", "huggingface", "hf://openai/whisper-tiny")]
    public void A_model_is_routed_by_prefix_or_address(string text, string provider, string model)
    {
        using HubClient client = hub.Client(_cache, null);
        ModelCatalog catalog = new(new HuggingFaceProvider(client), new ZooProvider(null));

        (ModelProvider found, string name) = catalog.Route(text);

        Assert.Equal((provider, model), (found.Descriptor.Id, name));
    }

    [Theory]
    [InlineData("elsewhere:model", "huggingface, model-zoo")]
    [InlineData("https://elsewhere.example/model", "huggingface, model-zoo")]
    [InlineData("htp://huggingface.co/openai/whisper-tiny", "Check the address")]
    public void What_nobody_handles_is_refused_with_the_names_of_those_there_are(string text, string advice)
    {
        using HubClient client = hub.Client(_cache, null);
        ModelCatalog catalog = new(new HuggingFaceProvider(client), new ZooProvider(null));

        HubException e = Assert.Throws<HubException>(() => catalog.Route(text));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.Contains(advice, string.Join('\n', e.Advice), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repository_decides_whether_authentication_is_needed_and_not_its_provider()
    {
        using HubClient nobody = hub.Client(_cache, null);
        using HubClient alice = hub.Client(_cache, "alice");
        ModelCatalog anonymous = new(new HuggingFaceProvider(nobody));
        ModelCatalog authenticated = new(new HuggingFaceProvider(alice));

        ModelAccess open = await anonymous.CheckAsync(AccessHub.Tiny, Cancellation);
        ModelAccess refused = await anonymous.CheckAsync(AccessHub.Gated, Cancellation);
        ModelAccess granted = await authenticated.CheckAsync(new Uri(hub.Hub.Endpoint, AccessHub.Private).AbsoluteUri, Cancellation);

        Assert.Equal((true, false, null), (open.IsReadable, open.RequiresAuth, open.Code));
        Assert.Equal((false, true, "gated_repo_error"), (refused.IsReadable, refused.RequiresAuth, refused.Code));
        Assert.Equal((true, true, AccessHub.Private), (granted.IsReadable, granted.RequiresAuth, granted.Model));
    }

    [Fact]
    [Trait("Requirement", "S2-14")]
    public async Task The_catalogue_sends_a_model_to_its_provider_and_asks_one_that_needs_authentication_only_with_it()
    {
        using HubClient client = hub.Client(_cache, null);
        ZooProvider closed = new(key: null);
        ZooProvider open = new(key: "secret");
        ModelCatalog without = new(new HuggingFaceProvider(client), closed);
        ModelCatalog with = new(new HuggingFaceProvider(client), open);

        string byId = await without.DownloadAsync(AccessHub.Tiny, cancellationToken: Cancellation);
        string byAddress = await without.DownloadAsync(new Uri(hub.Hub.Endpoint, $"{AccessHub.Tiny}/resolve/main/config.json").AbsoluteUri, cancellationToken: Cancellation);
        HubException refused = await Assert.ThrowsAsync<HubException>(() => without.DownloadAsync("https://zoo.example/models/giraffe", cancellationToken: Cancellation));
        string granted = await with.DownloadAsync("model-zoo:giraffe", cancellationToken: Cancellation);

        Assert.Equal(Path.Join(byId, "config.json"), byAddress);
        Assert.True(File.Exists(byAddress));
        Assert.Equal((HubErrorKind.TokenRequired, 0), (refused.Kind, closed.Asked));
        Assert.Contains("API key", refused.Advice[0], StringComparison.Ordinal);
        Assert.Equal(("/zoo/giraffe", 1), (granted, open.Asked));
    }

    [Fact]
    [Trait("Requirement", "S2-13")]
    public async Task A_download_goes_from_route_and_authentication_over_kind_and_listing_to_the_files_and_their_folder_and_each_step_shows()
    {
        ConcurrentQueue<string> steps = new();
        EventLog<ModelCatalog> catalogLog = new(steps.Enqueue);
        EventLog<HubClient> clientLog = new(steps.Enqueue);
        using HubClient client = new(new HubClientOptions { Endpoint = hub.Hub.Endpoint, CacheDirectory = _cache.Root, ReadVariable = _ => null, UseDotEnv = false }, logger: clientLog);
        Reports progress = new(report => steps.Enqueue(report.File is null ? report.Phase.ToString() : $"{report.FileState} {report.File}"));
        ModelCatalog catalog = new(catalogLog, new HuggingFaceProvider(client), new ZooProvider(null));

        string path = await catalog.DownloadAsync("hf://snug/tiny-package/Tiny.mlpackage", progress, Cancellation);

        string[] expected =
        [
            "huggingface: hf://snug/tiny-package/Tiny.mlpackage is routed to this provider",
            "huggingface: authentication is optional and not configured",
            "huggingface: Tiny.mlpackage of snug/tiny-package is a folder that is had as a whole",
            "Resolving", "Listing", "Planning", "Transferring",
            "Completed Tiny.mlpackage/Manifest.json",
            $"is downloaded and verified, 3 files, {Directory.GetFiles(path, "*", SearchOption.AllDirectories).Sum(file => File.ReadAllBytes(file).Length)} bytes",
            "Finished",
        ];
        string[] said = [.. steps];
        int at = -1;
        foreach (string step in expected)
        {
            int next = Array.FindIndex(said, at + 1, text => text.Contains(step, StringComparison.Ordinal));
            Assert.True(next > at, $"'{step}' does not follow in\n{string.Join('\n', said)}");
            at = next;
        }

        Assert.Equal("Tiny.mlpackage", Path.GetFileName(path));
    }

    [Fact]
    [Trait("Requirement", "S2-15")]
    public async Task A_provider_with_authentication_gives_public_and_private_models_and_one_without_says_that_it_is_required()
    {
        using HubClient nobody = hub.Client(_cache, null);
        using HubClient alice = hub.Client(_cache, "alice");
        HuggingFaceProvider without = new(nobody);
        HuggingFaceProvider with = new(alice);

        Assert.Equal((false, true), (without.IsAuthenticated, with.IsAuthenticated));
        foreach (string model in (string[])[AccessHub.Tiny, AccessHub.Private])
        {
            Assert.True((await with.CheckAsync(model, Cancellation)).IsReadable);
            Assert.True(Directory.Exists(await with.DownloadAsync(model, cancellationToken: Cancellation)));
        }

        Assert.True((await without.CheckAsync(AccessHub.Tiny, Cancellation)).IsReadable);
        ModelAccess refused = await without.CheckAsync(AccessHub.Private, Cancellation);
        // The Hub does not tell a stranger a private repository from one that is not there.
        Assert.Equal((false, null, "repository_not_found"), (refused.IsReadable, refused.RequiresAuth, refused.Code));
        Assert.Contains("private", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(refused.Advice, advice => advice.Contains("token", StringComparison.OrdinalIgnoreCase));
        Assert.True(with.IsAuthenticated);
    }

    [Fact]
    [Trait("Requirement", "S2-06")]
    public async Task A_provider_that_requires_authentication_is_not_asked_without()
    {
        ZooProvider zoo = new(key: null);
        Assert.IsAssignableFrom<ModelProvider>(zoo);
        Assert.Equal((true, ProviderAuthentication.ApiKey), (zoo.Descriptor.RequiresAuth, zoo.Descriptor.Authentication));

        ModelAccess access = await new ModelCatalog(zoo).CheckAsync("giraffe", Cancellation);

        Assert.Equal((false, "token_required", 0), (access.IsReadable, access.Code, zoo.Asked));
        Assert.Contains("API key", access.Advice[0], StringComparison.Ordinal);
        Assert.Contains("wrongly flagged", access.Advice[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_of_somebody_else_answers_for_its_own_models()
    {
        ZooProvider zoo = new(key: "secret");
        ModelCatalog catalog = new(zoo);

        ModelAccess there = await catalog.CheckAsync("giraffe", Cancellation);
        ModelAccess missing = await catalog.CheckAsync("unicorn", Cancellation);

        Assert.Equal((true, false, 2), (there.IsReadable, missing.IsReadable, zoo.Asked));
    }

    [Fact]
    public void Ids_are_well_formed_and_unique()
    {
        Assert.Throws<ArgumentException>(() => new ModelCatalog([]));
        Assert.Throws<ArgumentException>(() => new ModelCatalog(new ZooProvider(null), new ZooProvider(null)));
        Assert.Throws<ArgumentException>(() => new ModelCatalog(new ZooProvider(null, id: "Model Zoo")));
    }

    private sealed class Reports(Action<DownloadProgress> handle) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => handle(value);
    }

    private sealed class EventLog<T>(Action<string> handle) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => handle(formatter(state, exception));
    }

    /// <summary>A provider with a key, an address of its own and one animal.</summary>
    private sealed class ZooProvider(string? key, string id = "model-zoo") : ModelProvider
    {
        public int Asked { get; private set; }

        public override ProviderDescriptor Descriptor { get; } = new(id, "The Model Zoo", "🦒", ProviderAuthentication.ApiKey, RequiresAuth: true);

        public override bool IsAuthenticated => key is not null;

        public override bool Handles(Uri address) => address.Host == "zoo.example";

        public override Task<string> DownloadAsync(string model, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            Asked++;
            return Task.FromResult("/zoo/" + model);
        }

        public override Task<ModelAccess> CheckAsync(string model, CancellationToken cancellationToken = default)
        {
            Asked++;
            bool isThere = model == "giraffe";
            return Task.FromResult(new ModelAccess(
                model, isThere, RequiresAuth: true, isThere ? null : "repository_not_found", isThere ? "The giraffe is in." : "There is no such animal.", []));
        }
    }
}
