using Snug.Hub;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>A tokenizer with what its repository says about it, chat templates included.</summary>
public sealed class PretrainedTokenizer : IDisposable
{
    private Tokenizer? _tokenizer;

    private PretrainedTokenizer(Tokenizer tokenizer, PretrainedSource source) => (_tokenizer, Source) = (tokenizer, source);

    /// <summary>The tokenizer; safe for concurrent reading.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public Tokenizer Tokenizer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_tokenizer is null, this);
            return _tokenizer;
        }
    }

    /// <summary>Where it was loaded from.</summary>
    public PretrainedSource Source { get; }

    /// <summary>Loads the tokenizer of a repository. Only its own files are downloaded, and only where the cache has them not.</summary>
    /// <param name="model">The repository: <c>name</c>, <c>namespace/name</c>, an <c>hf://</c> URI or the address of its page.</param>
    /// <param name="options">Revision, token, cache, offline, time-outs; null for what the environment says.</param>
    /// <param name="cancellationToken">Cancels the call; what has arrived stays for the next one.</param>
    /// <exception cref="HubException">
    /// The Hub refused or could not be reached, or the repository has no tokenizer (<see cref="HubErrorKind.EntryNotFound"/>).
    /// </exception>
    /// <exception cref="TokenizerException">A file is damaged, or needs what is not supported.</exception>
    public static async Task<PretrainedTokenizer> FromHubAsync(
        string model, PretrainedOptions? options = null, CancellationToken cancellationToken = default)
    {
        using RepositoryFiles files = await OpenAsync(model, options, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> vocabulary = TokenizerFiles.Vocabulary(files.Names);
        if (vocabulary.Count == 0)
        {
            throw TokenizerFiles.Missing(files);
        }

        await files.FetchAsync(vocabulary, cancellationToken).ConfigureAwait(false);
        PretrainedSource source = files.Source;
        Tokenizer tokenizer = await Task.Run(() => Tokenizer.FromDirectory(source.Path), cancellationToken).ConfigureAwait(false);
        return new PretrainedTokenizer(tokenizer, source);
    }

    /// <summary>Reads what a repository says about its tokenizer, such as chat templates, without the vocabulary.</summary>
    /// <param name="model">The repository, as for <see cref="FromHubAsync"/>.</param>
    /// <param name="options">Revision, token, cache, offline, time-outs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="HubException">The Hub refused or could not be reached.</exception>
    /// <exception cref="TokenizerException">A file is damaged.</exception>
    public static async Task<TokenizerConfiguration> ReadConfigurationAsync(
        string model, PretrainedOptions? options = null, CancellationToken cancellationToken = default)
    {
        using RepositoryFiles files = await OpenAsync(model, options, cancellationToken).ConfigureAwait(false);
        return TokenizerConfiguration.FromDirectory(files.Directory);
    }

    /// <summary>Loads the tokenizer of a folder; where the folder has none but one GGUF file, that of the file.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="TokenizerException">There is no tokenizer, a file is damaged, or needs what is not supported.</exception>
    public static PretrainedTokenizer FromDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] gguf = Directory.Exists(path) && !TokenizerFiles.IsIn(path) ? [.. Directory.GetFiles(path, "*.gguf").Where(file => GgufFile.PartsOf(file)[0] == file)] : [];
        return gguf.Length == 1 ? FromFile(gguf[0]) : new PretrainedTokenizer(Tokenizer.FromDirectory(path), new PretrainedSource(path));
    }

    /// <summary>
    /// Loads the tokenizer of one file as it is: <c>tokenizer.json</c>, a SentencePiece model, <c>.tiktoken</c>, <c>tekken.json</c>,
    /// <c>vocab.txt</c> or GGUF.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TokenizerException">The file is damaged, or needs what is not supported.</exception>
    /// <exception cref="Inference.ModelFormatException">A GGUF file is damaged.</exception>
    public static PretrainedTokenizer FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new PretrainedTokenizer(TokenizerFiles.LoadFile(path), new PretrainedSource(path));
    }

    /// <summary>Lets go of the tokenizer, so that its memory can be reclaimed.</summary>
    public void Dispose() => _tokenizer = null;

    private static Task<RepositoryFiles> OpenAsync(string model, PretrainedOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return RepositoryFiles.OpenAsync(model, TokenizerFiles.Small, options ?? new PretrainedOptions(), cancellationToken);
    }
}
