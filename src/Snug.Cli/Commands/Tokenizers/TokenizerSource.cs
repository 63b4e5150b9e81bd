using Snug.Hub;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary>Finds the tokenizer that a command line names: a file, a folder, or a repository, of which only the tokenizer is downloaded.</summary>
internal static class TokenizerSource
{
    private static readonly string[] SmallFiles =
        ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json", "additional_chat_templates/*.jinja"];

    /// <summary>Where the vocabulary is in repositories without tokenizer.json.</summary>
    private static readonly string[] OtherFiles =
        ["vocab.json", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model", "spm.model", "*.tiktoken", "tekken.json", "vocab.txt"];

    /// <summary>Loads the tokenizer of a file or a folder, or of a repository.</summary>
    public static async Task<Tokenizer> LoadAsync(Invocation invocation, string model, CancellationToken cancellationToken)
    {
        if (File.Exists(model))
        {
            return LoadFile(model);
        }

        return Tokenizer.FromDirectory(await FindFolderAsync(invocation, model, withVocabulary: true, cancellationToken));
    }

    /// <summary>Finds the folder of a model; of a repository the files that are needed are downloaded into the cache.</summary>
    public static async Task<string> FindFolderAsync(Invocation invocation, string model, bool withVocabulary, CancellationToken cancellationToken)
    {
        if (Directory.Exists(model))
        {
            return model;
        }

        if (LooksLikePath(model))
        {
            throw new CliException(ExitCodes.NotFound, "file_not_found", $"There is no file or folder '{model}'.", "Check the name, or name a repository: namespace/name.");
        }

        using HubClient hub = invocation.CreateHub();
        HubSettings settings = hub.ResolveSettings();
        RepositoryReference asked = invocation.Repository(model, settings);
        DownloadRun run = new(invocation, hub, settings);
        DownloadOptions options = new() { Revision = asked.Revision, Include = withVocabulary ? ["tokenizer.json", .. SmallFiles] : SmallFiles };
        CachedSnapshot snapshot = await run.SnapshotAsync(asked.Repository, null, options, cancellationToken, silentWhenPresent: true);
        if (withVocabulary && !snapshot.Files.Contains("tokenizer.json"))
        {
            snapshot = await run.SnapshotAsync(asked.Repository, null, options with { Include = OtherFiles, Exclude = ["*/*"] }, cancellationToken, silentWhenPresent: true);
            if (snapshot.Files.Count == 0)
            {
                throw settings.Offline
                    ? new CliException(ExitCodes.Offline, "offline_not_cached", $"No tokenizer of {asked.Repository} is in the cache.", "Run the same command once without --offline (HF_HUB_OFFLINE).")
                    : new CliException(ExitCodes.NotFound, "tokenizer_not_found", $"{asked.Repository} has no tokenizer that is known.", $"Run 'snug files {asked.Repository}' to see the files.");
            }
        }

        return snapshot.Directory;
    }

    private static Tokenizer LoadFile(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".MODEL" or ".SPM" => Tokenizer.FromSentencePiece(file),
        ".TIKTOKEN" => Tokenizer.FromTiktoken(file, Tokenizer.Cl100kPattern),
        ".TXT" => Tokenizer.FromVocabularyText(file),
        _ when Path.GetFileName(file) == "tekken.json" => Tokenizer.FromTekken(file),
        _ => Tokenizer.FromFile(file),
    };

    private static bool LooksLikePath(string model) =>
        Path.IsPathRooted(model) || model.StartsWith('.') || model.Contains('\\', StringComparison.Ordinal)
        || Path.GetExtension(model) is ".json" or ".model" or ".spm" or ".tiktoken" or ".txt" or ".jinja";
}
