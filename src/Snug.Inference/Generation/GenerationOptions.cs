using System.Collections.Immutable;

namespace Snug.Inference;

/// <summary>
/// How tokens are chosen and when to stop. What is null is not set: <see cref="Over"/> fills it from a model's defaults. Filters are applied
/// in the order of transformers: penalties, processors, temperature, top-k, top-p, min-p.
/// </summary>
public sealed record GenerationOptions
{
    /// <summary>Tokens that are generated at most when nothing else is said.</summary>
    public const int DefaultMaxNewTokens = 512;

    /// <summary>Most tokens that prompt lookup guesses at a time.</summary>
    public const int MaxPromptLookupTokens = 64;

    /// <summary>Tokens that prompt lookup compares when nothing else is said.</summary>
    public const int DefaultPromptLookupNgram = 2;

    /// <summary>
    /// Whether tokens are drawn at random; otherwise the likeliest is taken and temperature and filters are ignored. Not set, a temperature
    /// above 0 that was set explicitly means yes.
    /// </summary>
    public bool? DoSample { get; init; }

    /// <summary>Divides the logits; 0 takes the likeliest token.</summary>
    public float? Temperature { get; init; }

    /// <summary>Keeps that many of the likeliest tokens; 0 for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the likeliest tokens that together have this probability.</summary>
    public float? TopP { get; init; }

    /// <summary>Keeps tokens with at least this share of the likeliest one's probability.</summary>
    public float? MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens that occurred, in the prompt or after; 1 for none.</summary>
    public float? RepetitionPenalty { get; init; }

    /// <summary>Is subtracted from a token's logit for each time it was generated.</summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>Is subtracted from a token's logit once it was generated.</summary>
    public float? PresencePenalty { get; init; }

    /// <summary>Makes random choices repeatable on the same machine with the same number of threads; null for new ones each time.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Tokens to generate at most; the context may end it earlier.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Tokens to generate at least; end tokens are forbidden before.</summary>
    public int? MinNewTokens { get; init; }

    /// <summary>
    /// Tokens that are guessed at a time from what followed the same tokens before, and read in one pass; 0 for none. Tokens are chosen as
    /// without it, up to the rounding of sums; it is faster where a text repeats much of its prompt.
    /// </summary>
    public int? PromptLookupTokens { get; init; }

    /// <summary>Tokens that must be the same for a guess.</summary>
    public int? PromptLookupNgram { get; init; }

    /// <summary>Tokens that end the text; null for the model's own, empty for none.</summary>
    public ImmutableArray<int>? EndTokens { get; init; }

    /// <summary>Further tokens to stop at.</summary>
    public ImmutableArray<int> StopTokens { get; init; } = [];

    /// <summary>Whether log probabilities are reported.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>Called after the penalties, in their order.</summary>
    public ImmutableArray<ILogitsProcessor> Processors { get; init; } = [];

    /// <summary>These options, with what is not set taken from others.</summary>
    public GenerationOptions Over(GenerationOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return this with
        {
            DoSample = DoSample ?? (Temperature is { } temperature ? temperature > 0 : defaults.DoSample),
            Temperature = Temperature ?? defaults.Temperature,
            TopK = TopK ?? defaults.TopK,
            TopP = TopP ?? defaults.TopP,
            MinP = MinP ?? defaults.MinP,
            RepetitionPenalty = RepetitionPenalty ?? defaults.RepetitionPenalty,
            FrequencyPenalty = FrequencyPenalty ?? defaults.FrequencyPenalty,
            PresencePenalty = PresencePenalty ?? defaults.PresencePenalty,
            Seed = Seed ?? defaults.Seed,
            MaxNewTokens = MaxNewTokens ?? defaults.MaxNewTokens,
            MinNewTokens = MinNewTokens ?? defaults.MinNewTokens,
            PromptLookupTokens = PromptLookupTokens ?? defaults.PromptLookupTokens,
            PromptLookupNgram = PromptLookupNgram ?? defaults.PromptLookupNgram,
            EndTokens = EndTokens ?? defaults.EndTokens,
            StopTokens = StopTokens.IsDefaultOrEmpty ? defaults.StopTokens : StopTokens,
            Processors = Processors.IsDefaultOrEmpty ? defaults.Processors : Processors,
        };
    }

    /// <summary>Throws when a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It names the option.</exception>
    internal void Validate()
    {
        Check(Temperature is null or (>= 0 and < float.PositiveInfinity), nameof(Temperature), "0 or more");
        Check(TopK is null or >= 0, nameof(TopK), "0 or more");
        Check(TopP is null or (> 0 and <= 1), nameof(TopP), "more than 0 and at most 1");
        Check(MinP is null or (>= 0 and <= 1), nameof(MinP), "from 0 to 1");
        Check(RepetitionPenalty is null or (> 0 and < float.PositiveInfinity), nameof(RepetitionPenalty), "more than 0");
        Check(FrequencyPenalty is null || float.IsFinite(FrequencyPenalty.Value), nameof(FrequencyPenalty), "finite");
        Check(PresencePenalty is null || float.IsFinite(PresencePenalty.Value), nameof(PresencePenalty), "finite");
        Check(MaxNewTokens is null or >= 1, nameof(MaxNewTokens), "1 or more");
        Check(MinNewTokens is null or >= 0, nameof(MinNewTokens), "0 or more");
        Check(PromptLookupTokens is null or (>= 0 and <= MaxPromptLookupTokens), nameof(PromptLookupTokens), $"from 0 to {MaxPromptLookupTokens}");
        Check(PromptLookupNgram is null or >= 1, nameof(PromptLookupNgram), "1 or more");
    }

    private static void Check(bool holds, string option, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(option, $"{option} must be {range}.");
        }
    }
}
