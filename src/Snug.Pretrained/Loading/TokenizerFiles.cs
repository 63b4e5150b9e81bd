using Snug.Hub;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>The files of a repository that make up its tokenizer.</summary>
internal static class TokenizerFiles
{
    private static readonly string[] SentencePieceNames = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model"];

    /// <summary>Patterns of what a repository says besides its vocabulary.</summary>
    public static IReadOnlyList<string> Small { get; } =
    [
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json",
        "additional_chat_templates/*.jinja",
    ];

    /// <summary>The files of the vocabulary, chosen as <see cref="Tokenizer.FromDirectory"/> does; empty where there are none.</summary>
    public static IReadOnlyList<string> Vocabulary(IReadOnlyList<string> names)
    {
        string[] top = [.. names.Where(name => !name.Contains('/', StringComparison.Ordinal))];
        bool Has(string name) => top.Contains(name, StringComparer.Ordinal);
        if (Has("tokenizer.json"))
        {
            return ["tokenizer.json"];
        }

        if (Has("vocab.json") && Has("merges.txt"))
        {
            return ["vocab.json", "merges.txt"];
        }

        if (Array.Find(SentencePieceNames, Has) is { } known)
        {
            return [known];
        }

        string[] EndingWith(string extension) => [.. top.Where(name => name.EndsWith(extension, StringComparison.Ordinal))];
        foreach (string extension in (string[])[".model", ".spm", ".tiktoken"])
        {
            if (EndingWith(extension) is { Length: > 0 } found)
            {
                return found;
            }
        }

        return Has("tekken.json") ? ["tekken.json"] : Has("vocab.txt") ? ["vocab.txt"] : [];
    }

    /// <summary>Whether a folder has a tokenizer of its own.</summary>
    public static bool IsIn(string folder) =>
        Directory.Exists(folder) && Vocabulary([.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file))]).Count > 0;

    /// <summary>Loads the tokenizer of one file, by its name.</summary>
    public static Tokenizer LoadFile(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".GGUF" => GgufTokenizer.Load(file),
        ".MODEL" or ".SPM" => Tokenizer.FromSentencePiece(file),
        ".TIKTOKEN" => Tokenizer.FromTiktoken(file, Tokenizer.Cl100kPattern),
        ".TXT" => Tokenizer.FromVocabularyText(file),
        _ when Path.GetFileName(file) == "tekken.json" => Tokenizer.FromTekken(file),
        _ => Tokenizer.FromFile(file),
    };

    /// <summary>The error for a repository without a tokenizer.</summary>
    public static HubException Missing(RepositoryFiles files)
    {
        string what = $"{files.Repository} has no tokenizer: no tokenizer.json, and no other file of a vocabulary that is known";
        return files.IsOffline
            ? new HubException(HubErrorKind.Offline, $"Offline mode is on, and no tokenizer of {files.Repository} is in the cache (tokenizer.json).")
            {
                Repository = files.Repository,
                Revision = files.Source.Revision,
                File = "tokenizer.json",
                Advice = ["Unset HF_HUB_OFFLINE (or drop --offline) and run the same command with a connection."],
            }
            : new HubException(HubErrorKind.EntryNotFound, $"{what} (404 Not Found at revision '{files.Source.Revision}').")
            {
                Repository = files.Repository,
                Revision = files.Source.Revision,
                File = "tokenizer.json",
                Advice = [$"Run 'snug files {files.Repository}' to see the files.", "Take the tokenizer of the model that it was made from."],
            };
    }
}
