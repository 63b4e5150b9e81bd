using System.Collections.Immutable;
using System.Text.Json;

namespace Snug.Inference;

/// <summary>What a model's <c>generation_config.json</c> says.</summary>
public sealed record GenerationConfigurationFile
{
    /// <summary>Longest file.</summary>
    private const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Keys that change which tokens come, and the values that mean that they do not.</summary>
    private static readonly (string Key, double Neutral)[] Unsupportable =
    [
        ("num_beams", 1), ("num_beam_groups", 1), ("penalty_alpha", 0), ("typical_p", 1), ("epsilon_cutoff", 0), ("eta_cutoff", 0), ("diversity_penalty", 0),
        ("no_repeat_ngram_size", 0), ("encoder_no_repeat_ngram_size", 0), ("encoder_repetition_penalty", 1), ("guidance_scale", 1), ("top_h", 1),
        ("forced_bos_token_id", -1), ("forced_eos_token_id", -1), ("bad_words_ids", -1), ("suppress_tokens", -1), ("begin_suppress_tokens", -1),
        ("sequence_bias", -1), ("min_length", 0), ("exponential_decay_length_penalty", -1), ("dola_layers", -1), ("force_words_ids", -1), ("constraints", -1),
    ];

    /// <summary>The options that were set.</summary>
    public GenerationOptions Options { get; init; } = new();

    /// <summary>Keys that ask for what is not supported; generation does without it.</summary>
    public ImmutableArray<string> UnsupportedKeys { get; init; } = [];

    /// <summary>Reads the file.</summary>
    /// <param name="path">Path of <c>generation_config.json</c>.</param>
    /// <exception cref="ModelFormatException">It is no JSON object, or a value has the wrong type.</exception>
    public static GenerationConfigurationFile Read(string path) => JsonFile.Read(path, MaxFileBytes, root => Read(root, path));

    private static GenerationConfigurationFile Read(JsonElement root, string path)
    {
        ConfigurationObject file = new(root, path, "$");
        int[] ends = [.. file.Tokens("eos_token_id", ConfigurationReader.MaxCount).Where(token => token >= 0)];
        GenerationOptions options = new()
        {
            DoSample = file.Flag("do_sample"),
            Temperature = (float?)file.Number("temperature"),
            TopK = file.Whole("top_k", 0, int.MaxValue),
            TopP = (float?)file.Number("top_p"),
            MinP = (float?)file.Number("min_p"),
            RepetitionPenalty = (float?)file.Number("repetition_penalty"),
            MaxNewTokens = file.Whole("max_new_tokens", 1, int.MaxValue),
            MinNewTokens = file.Whole("min_new_tokens", 0, int.MaxValue),
            PromptLookupTokens = file.Whole("prompt_lookup_num_tokens", 0, int.MaxValue) is { } guessed ? Math.Min(guessed, GenerationOptions.MaxPromptLookupTokens) : null,
            PromptLookupNgram = file.Whole("max_matching_ngram_size", 1, int.MaxValue),
            EndTokens = ends.Length == 0 ? null : [.. ends],
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ModelFormatException(e.Message, path, jsonPath: "$", innerException: e);
        }

        return new GenerationConfigurationFile { Options = options, UnsupportedKeys = [.. Unsupportable.Where(item => IsSet(root, item)).Select(item => item.Key)] };
    }

    private static bool IsSet(JsonElement root, (string Key, double Neutral) item) =>
        root.TryGetProperty(item.Key, out JsonElement value) && value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.Number => value.GetDouble() != item.Neutral,
            JsonValueKind.Array => value.GetArrayLength() > 0,
            _ => true,
        };
}
