using Snug.Hub;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>
/// A language model with its tokenizer, chat template and generation settings. Weights and vocabulary are loaded when they are first
/// needed, or by <see cref="LoadAsync"/>; disposal frees them.
/// </summary>
public sealed class PretrainedModel : IDisposable
{
    private static readonly string[] SmallFiles = ["config.json", "generation_config.json", WeightSelection.Index, .. TokenizerFiles.Small];

    private readonly OnDemand<Tokenizer> _tokenizer;
    private readonly OnDemand<CausalModel> _model;
    private readonly OnDemand<GenerationConfigurationFile> _generation;
    private readonly OnDemand<ConstraintVocabulary> _vocabulary;

    private PretrainedModel(string weights, PretrainedSource source, ModelOptions options)
    {
        Source = source;
        string folder = Directory.Exists(weights) ? weights : Path.GetDirectoryName(Path.GetFullPath(weights))!;

        // A GGUF file may lie in a folder of its repository; the small files are at the top.
        string settings = Directory.Exists(source.Path) ? source.Path : folder;
        _model = new(() => CausalModel.Load(weights, options));
        _tokenizer = new(() => LoadTokenizer(weights, settings));
        _generation = new(() => Path.Join(settings, "generation_config.json") is var file && File.Exists(file)
            ? GenerationConfigurationFile.Read(file)
            : new GenerationConfigurationFile());
        _vocabulary = new(() => new ConstraintVocabulary([.. Enumerable.Range(0, Model.Configuration.VocabularySize).Select(Tokenizer.GetTokenBytes)]));
    }

    /// <summary>Where it comes from.</summary>
    public PretrainedSource Source { get; }

    /// <summary>The model; is loaded at the first use.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public CausalModel Model => _model.Value;

    /// <summary>The tokenizer; is loaded at the first use.</summary>
    /// <exception cref="TokenizerException">There is none, a file is damaged, or needs what is not supported.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public Tokenizer Tokenizer => _tokenizer.Value;

    /// <summary>What <c>generation_config.json</c> says.</summary>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public GenerationConfigurationFile GenerationConfiguration => _generation.Value;

    /// <summary>The bytes of its tokens, for output under a constraint.</summary>
    /// <exception cref="ConstraintException">The tokens do not have what JSON needs.</exception>
    internal ConstraintVocabulary ConstraintVocabulary => _vocabulary.Value;

    /// <summary>Whether conversations can be had with it: there is a chat template.</summary>
    public bool HasChatTemplate => Tokenizer.Configuration.ChatTemplates.Count > 0;

    /// <summary>Tells which repository a name stands for that <see cref="FromHubAsync"/> takes, with the revision and path in it.</summary>
    /// <param name="model">The name.</param>
    /// <param name="endpoint">The Hub's address, for names that are addresses of pages.</param>
    /// <exception cref="HubException">It is no name of a repository.</exception>
    public static RepositoryReference ParseName(string model, Uri endpoint) => ModelReference.Parse(model, endpoint).Repository;

    /// <summary>
    /// Finds a model of the Hub and downloads what is needed of it: configuration, tokenizer, and the weights, of which safetensors come
    /// first. Of a GGUF repository, <c>org/repo:Q4_K_M</c> names the file by its quantization, and <c>hf://org/repo/FILE</c> by its name.
    /// </summary>
    /// <param name="model">The repository.</param>
    /// <param name="options">Revision, token, cache, offline, time-outs; how the model is loaded.</param>
    /// <param name="cancellationToken">Cancels the call; what has arrived stays for the next one.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached.</exception>
    /// <exception cref="ModelFormatException">The repository has no weights that can be read.</exception>
    public static async Task<PretrainedModel> FromHubAsync(
        string model, PretrainedModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        options ??= new PretrainedModelOptions();
        using RepositoryFiles files = await RepositoryFiles.OpenAsync(model, SmallFiles, options, cancellationToken).ConfigureAwait(false);
        WeightSelection weights = WeightSelection.Select(files);
        IReadOnlyList<string> vocabulary = TokenizerFiles.Vocabulary(files.Names);
        if (vocabulary.Count == 0 && !IsGguf(weights.File))
        {
            throw TokenizerFiles.Missing(files);
        }

        await files.FetchAsync([.. vocabulary, .. weights.Files], cancellationToken).ConfigureAwait(false);
        return new PretrainedModel(weights.File is { } file ? files.PathOf(file) : files.Directory, files.Source, options.Model);
    }

    /// <summary>Takes a model from a folder with <c>config.json</c>, weights and tokenizer, or with one GGUF file.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How the model is loaded.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelFormatException">The folder has no weights that can be read.</exception>
    public static PretrainedModel FromDirectory(string path, ModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"The folder '{path}' does not exist.");
        }

        string weights = path;
        if (!File.Exists(Path.Join(path, WeightSelection.Single)) && !File.Exists(Path.Join(path, WeightSelection.Index))
            && Directory.GetFiles(path, "*.safetensors").Length == 0
            && Directory.GetFiles(path, "*.gguf").Where(file => GgufFile.PartsOf(file)[0] == file).ToArray() is [var gguf])
        {
            weights = gguf;
        }

        return new PretrainedModel(weights, new PretrainedSource(path), options ?? new ModelOptions());
    }

    /// <summary>Takes a model from a GGUF or safetensors file; what else it needs lies beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How the model is loaded.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static PretrainedModel FromFile(string path, ModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? new PretrainedModel(path, new PretrainedSource(path), options ?? new ModelOptions())
            : throw new FileNotFoundException($"The file '{path}' does not exist.", path);
    }

    /// <summary>Loads weights and tokenizer now, away from the calling thread.</summary>
    /// <param name="cancellationToken">Ends the wait; a load that has begun goes on.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or the model is of a kind that cannot be run.</exception>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken = default)
    {
        Task tokenizer = Task.Run(() => _ = Tokenizer, cancellationToken);
        await Task.Run(() => (Model, GenerationConfiguration), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        await tokenizer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a session, which keeps what it has read: later turns of a conversation cost only what is new in them.</summary>
    public TextSession CreateSession() => new(this);

    /// <summary>Goes on with a text, in a session of its own.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">How tokens are chosen and when to stop, over what the model's files say.</param>
    /// <param name="cancellationToken">Is looked at between tokens.</param>
    public async IAsyncEnumerable<TextChunk> GenerateAsync(
        string prompt, TextGenerationOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using TextSession session = CreateSession();
        await foreach (TextChunk chunk in session.GenerateAsync(prompt, options, cancellationToken).ConfigureAwait(false))
        {
            yield return chunk;
        }
    }

    /// <summary>Answers a conversation by the chat template, in a session of its own.</summary>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="options">How tokens are chosen and when to stop, over what the model's files say.</param>
    /// <param name="cancellationToken">Is looked at between tokens.</param>
    public async IAsyncEnumerable<TextChunk> ChatAsync(
        IReadOnlyList<ChatTemplateMessage> messages, TextGenerationOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using TextSession session = CreateSession();
        await foreach (TextChunk chunk in session.ChatAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            yield return chunk;
        }
    }

    /// <summary>Frees weights and vocabulary. Sessions cannot be used after it.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _tokenizer.Dispose();
        _generation.Dispose();
        _vocabulary.Dispose();
    }

    /// <summary>
    /// Options over the model's own. Where no file says what ends a text, the tokenizer's end token does too: configurations of converted
    /// models often know only that of the base model.
    /// </summary>
    internal GenerationOptions Resolve(GenerationOptions options)
    {
        GenerationOptions resolved = options.Over(GenerationConfiguration.Options);
        return resolved.EndTokens is null && Tokenizer.GetSpecialTokenId("eos_token") is { } end
            ? resolved with { EndTokens = [.. Model.Configuration.EndTokens.Append(end).Distinct()] }
            : resolved;
    }

    private static Tokenizer LoadTokenizer(string weights, string settings) =>
        IsGguf(weights) && !TokenizerFiles.IsIn(settings) ? GgufTokenizer.Load(weights) : Tokenizer.FromDirectory(settings);

    private static bool IsGguf(string? file) => file is not null && file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
}
