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
    public async Task A_provider_that_requires_authentication_is_not_asked_without()
    {
        ZooProvider zoo = new(key: null);

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

    /// <summary>A provider with a key, an address of its own and one animal.</summary>
    private sealed class ZooProvider(string? key, string id = "model-zoo") : ModelProvider
    {
        public int Asked { get; private set; }

        public override ProviderDescriptor Descriptor { get; } = new(id, "The Model Zoo", "🦒", ProviderAuthentication.ApiKey, RequiresAuth: true);

        public override bool IsAuthenticated => key is not null;

        public override bool Handles(Uri address) => address.Host == "zoo.example";

        public override Task<ModelAccess> CheckAsync(string model, CancellationToken cancellationToken = default)
        {
            Asked++;
            bool isThere = model == "giraffe";
            return Task.FromResult(new ModelAccess(
                model, isThere, RequiresAuth: true, isThere ? null : "repository_not_found", isThere ? "The giraffe is in." : "There is no such animal.", []));
        }
    }
}
