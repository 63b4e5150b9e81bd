using System.Collections.Immutable;
using System.Globalization;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>The vocabulary that a GGUF file brings in its metadata (keys <c>tokenizer.ggml.…</c>).</summary>
internal sealed class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";
    private readonly ImmutableDictionary<string, object> _metadata;
    private readonly string _file;

    public GgufVocabulary(GgufFile file)
    {
        (_metadata, _file) = (file.Metadata, file.FilePath);
        Tokens = Find<string[]>(Prefix + "tokens") is { Length: > 0 } tokens ? tokens : throw Fault("tokens", "is missing: the file has no tokenizer; put tokenizer.json beside it");
        Kinds = Find<int[]>(Prefix + "token_type") is { } kinds ? [.. kinds.Select(kind => (GgufTokenKind)kind)] : [.. Tokens.Select(_ => GgufTokenKind.Normal)];
        if (Kinds.Length != Tokens.Length)
        {
            throw Fault("token_type", $"has {Kinds.Length} entries for {Tokens.Length} tokens");
        }
    }

    public string[] Tokens { get; }

    public GgufTokenKind[] Kinds { get; }

    /// <summary>Which algorithm: <c>llama</c> is SentencePiece's BPE, <c>gpt2</c> BPE over bytes.</summary>
    public string Model => Find<string>(Prefix + "model") ?? throw Fault("model", "is missing");

    /// <summary>How texts are split before BPE over bytes.</summary>
    public string? PreTokenizer => Find<string>(Prefix + "pre");

    public string? ChatTemplate => Find<string>("tokenizer.chat_template");

    public string[] Merges => Find<string[]>(Prefix + "merges") ?? throw Fault("merges", "is missing");

    public float[] Scores => Find<float[]>(Prefix + "scores") is { } scores && scores.Length == Tokens.Length
        ? scores
        : throw Fault("scores", "is missing, or has another length than the tokens");

    public bool? Flag(string name) => _metadata.TryGetValue(Prefix + name, out object? value) && value is bool flag ? flag : null;

    /// <summary>The token that a key names by its number, or null.</summary>
    public string? Special(string name) =>
        _metadata.TryGetValue(Prefix + name, out object? value)
        && value is IConvertible number and not string and not bool
        && number.ToInt64(CultureInfo.InvariantCulture) is var id && id >= 0 && id < Tokens.Length
            ? Tokens[id]
            : null;

    public TokenizerException Fault(string key, string problem) => new($"{_file}: {Prefix}{key} {problem}.");

    private T? Find<T>(string key)
        where T : class =>
        _metadata.TryGetValue(key, out object? value) ? value as T ?? throw new TokenizerException($"{_file}: {key} is of the wrong type.") : null;
}
