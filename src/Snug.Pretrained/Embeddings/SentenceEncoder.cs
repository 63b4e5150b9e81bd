using Snug.Hub;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>
/// A model that makes vectors of texts, with its tokenizer, pooling, normalization and prompts as its repository's own files say. Weights
/// and vocabulary are loaded when they are first needed, or by <see cref="LoadAsync"/>; disposal frees them. May be used by several threads.
/// </summary>
public sealed class SentenceEncoder : IDisposable
{
    private static readonly string[] SmallFiles = ["config.json", SentenceModules.FileName, WeightSelection.Index, .. SentenceSettings.Files, .. TokenizerFiles.Small];
    private readonly OnDemand<SentencePipeline> _pipeline;
    private readonly Func<int> _measure;

    private SentenceEncoder(PretrainedSource source, SentenceModules modules, string? weights, EncoderOptions options)
    {
        Source = source;
        string transformer = Path.Join(source.Path, modules.Transformer);
        Settings = SentenceSettings.Read(source.Path, transformer);
        _measure = () => SentencePipeline.MeasureDimensions(source.Path, transformer, modules, options.IgnoredConfigurationKeys);
        _pipeline = new(() => SentencePipeline.Load(source.Path, transformer, weights ?? transformer, modules, Settings, options));
    }

    /// <summary>Where it comes from.</summary>
    public PretrainedSource Source { get; }

    /// <summary>What the model was trained to have put before texts, by names such as <c>query</c>.</summary>
    public IReadOnlyDictionary<string, string> Prompts => Settings.Prompts;

    /// <summary>The name of the prompt that is used where nothing is said, if there is one.</summary>
    public string? DefaultPromptName => Settings.DefaultPromptName;

    /// <summary>The model; is loaded at the first use.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public EncoderModel Model => _pipeline.Value.Model;

    /// <summary>The tokenizer; is loaded at the first use. It cuts texts to <see cref="MaximumTokens"/>.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public Tokenizer Tokenizer => _pipeline.Value.Tokenizer;

    /// <summary>Numbers of a vector. Reads configuration files, and no weights.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    public int Dimensions => _measure();

    /// <summary>Tokens that are read of a text, special ones included; what is longer is cut.</summary>
    public int MaximumTokens => _pipeline.Value.MaximumTokens;

    /// <summary>Whether the model makes its vectors one long, so that their product is the cosine.</summary>
    public bool IsNormalized => _pipeline.Value.IsNormalized;

    private SentenceSettings Settings { get; }

    /// <summary>
    /// Finds a model of the Hub and downloads what is needed of it: configuration, modules, tokenizer, and weights as safetensors. Where the
    /// repository has no <c>modules.json</c>, the mean of the tokens' vectors is taken, as sentence-transformers does.
    /// </summary>
    /// <param name="model">The repository.</param>
    /// <param name="options">Revision, token, cache, offline, time-outs; how the model is loaded.</param>
    /// <param name="cancellationToken">Cancels the call; what has arrived stays for the next one.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached.</exception>
    /// <exception cref="ModelFormatException">The repository has no weights that can be read, or modules that are not supported.</exception>
    public static async Task<SentenceEncoder> FromHubAsync(
        string model, SentenceEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        options ??= new SentenceEncoderOptions();
        using RepositoryFiles files = await RepositoryFiles.OpenAsync(model, SmallFiles, options, cancellationToken).ConfigureAwait(false);
        SentenceModules modules = SentenceModules.Read(files.Directory);
        (IReadOnlyList<string> names, string? weights) = Select(files, modules);
        await files.FetchAsync(names, cancellationToken).ConfigureAwait(false);
        return new SentenceEncoder(files.Source, modules, weights is null ? null : files.PathOf(weights), options.Encoder);
    }

    /// <summary>Takes a model from a folder with <c>config.json</c>, weights and tokenizer, and what sentence-transformers puts beside them.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How the model is loaded.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelFormatException">It names modules that are not supported.</exception>
    public static SentenceEncoder FromDirectory(string path, EncoderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Directory.Exists(path)
            ? new SentenceEncoder(new PretrainedSource(path), SentenceModules.Read(path), null, options ?? new EncoderOptions())
            : throw new DirectoryNotFoundException($"The folder '{path}' does not exist.");
    }

    /// <summary>Loads weights and tokenizer now, away from the calling thread.</summary>
    /// <param name="cancellationToken">Ends the wait; a load that has begun goes on.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    public Task LoadAsync(CancellationToken cancellationToken = default) =>
        Task.Run(() => _pipeline.Value, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>Makes a vector of each text.</summary>
    /// <param name="texts">The texts; white space around them does not count.</param>
    /// <param name="options">Prompt, dimensions, normalization.</param>
    /// <param name="cancellationToken">Is looked at between batches.</param>
    /// <exception cref="ArgumentException">The prompt that is named is none of the model's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More dimensions are asked for than there are.</exception>
    public SentenceEmbeddings Embed(IReadOnlyList<string> texts, EmbedOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new EmbedOptions();
        string prompt = PromptOf(options);
        return _pipeline.Value.Embed(texts, prompt, options, cancellationToken);
    }

    /// <summary>As <see cref="Embed"/>, away from the calling thread.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">Prompt, dimensions, normalization.</param>
    /// <param name="cancellationToken">Is looked at between batches.</param>
    public Task<SentenceEmbeddings> EmbedAsync(
        IReadOnlyList<string> texts, EmbedOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Embed(texts, options, cancellationToken), cancellationToken);

    /// <summary>Frees weights and vocabulary.</summary>
    public void Dispose() => _pipeline.Dispose();

    private string PromptOf(EmbedOptions options)
    {
        if (options.Prompt is { } prompt)
        {
            return prompt;
        }

        if ((options.PromptName ?? DefaultPromptName) is not { } name)
        {
            return "";
        }

        return Prompts.TryGetValue(name, out string? text)
            ? text
            : throw new ArgumentException(
                Prompts.Count == 0 ? $"The model has no prompts, so none is called '{name}'." : $"The model has no prompt '{name}'; it has {string.Join(", ", Prompts.Keys)}.",
                nameof(options));
    }

    /// <summary>The files to fetch, and the one to load where it is not the folder.</summary>
    private static (IReadOnlyList<string> Names, string? Weights) Select(RepositoryFiles files, SentenceModules modules)
    {
        string folder = modules.Transformer.Length == 0 ? "" : modules.Transformer + "/";
        string[] inside = [.. files.Names.Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Select(name => name[folder.Length..])];
        IReadOnlyList<string> vocabulary = TokenizerFiles.Vocabulary(inside);
        if (vocabulary.Count == 0)
        {
            throw TokenizerFiles.Missing(files);
        }

        string[] extra = [.. modules.Files().Where(files.Names.Contains)];
        if (folder.Length > 0)
        {
            // Old repositories keep the transformer in a folder of its own, small files too.
            string[] small = ["config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", .. SentenceSettings.Files];
            IEnumerable<string> wanted = ((string[])[.. small.Where(inside.Contains), .. vocabulary, WeightSelection.Single]).Select(name => folder + name);
            return inside.Contains(WeightSelection.Single)
                ? ([.. extra, .. wanted], null)
                : throw new ModelFormatException($"{files.Repository} has no {folder}{WeightSelection.Single}; other weights are not read.");
        }

        WeightSelection weights = WeightSelection.Select(files);
        return weights.File is null || weights.File.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? ([.. extra, .. vocabulary, .. weights.Files], weights.File)
            : throw new ModelFormatException($"{files.Repository} has its weights as GGUF; encoders are read from safetensors.");
    }
}
