using Snug.Hub;
using Snug.Server;
using Snug.TestKit;
using Snug.Tokenizers;

namespace Snug.Pretrained.Tests;

public sealed class PretrainedTokenizerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S3-01")]
    public async Task Only_the_files_of_the_tokenizer_are_fetched()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files());

        using PretrainedTokenizer tokenizer = await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);

        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], hub.Fetched);
        Assert.Equal([1, .. TinyModel.Ids("ab")], tokenizer.Tokenizer.EncodeToIds("ab"));
        Assert.Equal((HubFixture.Id, "main", 2), (tokenizer.Source.Repository!.FullName, tokenizer.Source.Revision, tokenizer.Source.TransferredFiles));
        hub.Cache.AssertWhole();
    }

    [Fact]
    public async Task A_second_load_asks_for_the_commit_and_an_offline_one_for_nothing()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files());
        (await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation)).Dispose();
        hub.Hub.Requests.Clear();

        using PretrainedTokenizer again = await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);
        int online = hub.Hub.Requests.Count;
        using PretrainedTokenizer offline = await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(offline: true), Cancellation);
        using PretrainedTokenizer pinned = await PretrainedTokenizer.FromHubAsync(
            HubFixture.Id, hub.Options() with { Revision = again.Source.Commit }, Cancellation);

        Assert.Equal(1, online);
        Assert.Equal(online, hub.Hub.Requests.Count);
        Assert.Equal((0, 0L), (again.Source.TransferredFiles, again.Source.TransferredBytes));
        Assert.Equal(again.Tokenizer.EncodeToIds("text"), offline.Tokenizer.EncodeToIds("text"));
    }

    [Fact]
    public async Task A_cache_without_a_listing_serves_offline_with_what_is_there()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files());
        string commit = (await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation)).Source.Commit!;
        Directory.Delete(Path.Join(hub.Cache.RepositoryFolder(HubFixture.Id), "trees"), recursive: true);
        File.Delete(Path.Join(hub.Cache.SnapshotFolder(HubFixture.Id, commit), "tokenizer_config.json"));
        hub.Hub.Requests.Clear();

        using PretrainedTokenizer tokenizer = await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(offline: true), Cancellation);

        Assert.Equal(TinyModel.Tokens.Count, tokenizer.Tokenizer.VocabularySize);
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Fact]
    public async Task Offline_and_not_cached_says_so()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files());

        HubException error = await Assert.ThrowsAsync<HubException>(() => PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(offline: true), Cancellation));

        Assert.Equal(HubErrorKind.Offline, error.Kind);
        Assert.Equal(0, hub.Hub.Requests.Count);
    }

    [Fact]
    [Trait("Requirement", "S3-07")]
    public async Task A_repository_without_a_tokenizer_is_told_with_the_file_that_is_missing()
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files.Remove("tokenizer.json");
        await using HubFixture hub = await HubFixture.StartAsync(files);

        HubException error = await Assert.ThrowsAsync<HubException>(() => PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation));

        Assert.Equal((HubErrorKind.EntryNotFound, "tokenizer.json"), (error.Kind, error.File));
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Advice);
    }

    [Fact]
    public async Task A_gated_repository_is_told_with_what_to_do()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files(), new RepositorySettings { Gate = RepositoryGate.Manual });

        HubException error = await Assert.ThrowsAsync<HubException>(() => PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation));

        Assert.Equal(HubErrorKind.Gated, error.Kind);
        Assert.NotEmpty(error.Advice);
    }

    [Fact]
    public async Task Another_vocabulary_serves_where_tokenizer_json_is_missing()
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal) { ["vocab.txt"] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n"u8.ToArray(), ["model.onnx"] = [1] };
        await using HubFixture hub = await HubFixture.StartAsync(files);

        using PretrainedTokenizer tokenizer = await PretrainedTokenizer.FromHubAsync(HubFixture.Id, hub.Options(), Cancellation);

        Assert.Equal(["vocab.txt"], hub.Fetched);
        Assert.Contains(5, tokenizer.Tokenizer.EncodeToIds("hello"));
    }

    [Fact]
    public async Task The_configuration_alone_needs_no_vocabulary()
    {
        await using HubFixture hub = await HubFixture.StartAsync(TinyModel.Files());

        TokenizerConfiguration configuration = await PretrainedTokenizer.ReadConfigurationAsync(HubFixture.Id, hub.Options(), Cancellation);

        Assert.Equal(["tokenizer_config.json"], hub.Fetched);
        Assert.Single(configuration.ChatTemplates);
    }

    [Fact]
    [Trait("Requirement", "S3-10")]
    public void After_disposal_the_tokenizer_is_gone()
    {
        using TemporaryFolder folder = new();
        PretrainedTokenizer tokenizer = PretrainedTokenizer.FromDirectory(TinyModel.Write(folder));
        WeakReference memory = Use(tokenizer);

        tokenizer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tokenizer.Tokenizer);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(memory.IsAlive);
        GC.KeepAlive(tokenizer);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Use(PretrainedTokenizer tokenizer)
    {
        Assert.NotEmpty(tokenizer.Tokenizer.EncodeToIds("text"));
        return new WeakReference(tokenizer.Tokenizer);
    }
}
