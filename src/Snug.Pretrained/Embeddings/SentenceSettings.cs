namespace Snug.Pretrained;

/// <summary>What a repository says about texts before they become tokens.</summary>
/// <param name="MaximumTokens">Longest sequence, special tokens included; null if nothing is said.</param>
/// <param name="Lowercase">Whether texts are made lower case.</param>
/// <param name="Prompts">What can be put before texts, by names.</param>
/// <param name="DefaultPromptName">Which of them is, where nothing is said.</param>
internal sealed record SentenceSettings(int? MaximumTokens, bool Lowercase, IReadOnlyDictionary<string, string> Prompts, string? DefaultPromptName)
{
    public const string PromptsFile = "config_sentence_transformers.json";

    /// <summary>Names that the file had in the course of time.</summary>
    private static readonly string[] Names =
    [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_xlm-roberta_config.json",
    ];

    /// <summary>Patterns of the files.</summary>
    public static IReadOnlyList<string> Files { get; } = [PromptsFile, .. Names];

    /// <summary>Reads the files that are there.</summary>
    /// <param name="folder">The repository.</param>
    /// <param name="transformer">The folder of its transformer.</param>
    public static SentenceSettings Read(string folder, string transformer)
    {
        (int? most, bool lowercase) = Names.Select(name => Path.Join(transformer, name)).FirstOrDefault(File.Exists) is { } file
            ? SettingsFile.Read(file, root => root.Flag("mask_prompt") == true
                ? throw root.Fault("mask_prompt", "is true, which is not supported")
                : (root.FindWhole("max_seq_length", 1), root.Flag("do_lower_case") ?? false))
            : (null, false);
        string prompts = Path.Join(folder, PromptsFile);
        return !File.Exists(prompts)
            ? new SentenceSettings(most, lowercase, new Dictionary<string, string>(), null)
            : SettingsFile.Read(prompts, root =>
            {
                Dictionary<string, string> texts = root.Texts("prompts");
                string? name = root.Text("default_prompt_name");
                return name is null || texts.ContainsKey(name)
                    ? new SentenceSettings(most, lowercase, texts, name)
                    : throw root.Fault("default_prompt_name", $"is '{name}', which is none of the prompts");
            });
    }
}
