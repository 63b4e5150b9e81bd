using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.AI.Tests;

/// <summary>Has the model say what a test wants: all other tokens are forbidden.</summary>
internal sealed class Script(params int[] tokens) : ILogitsProcessor
{
    /// <summary>Options under which the model says a text and ends it.</summary>
    public static ChatOptions Saying(Tokenizer tokenizer, string text, bool ends = true) =>
        With(new Script([.. tokenizer.EncodeToIds(text, addSpecialTokens: false), .. ends ? [tokenizer.TokenToId(RandomModel.End)!.Value] : Array.Empty<int>()]));

    public static ChatOptions With(ILogitsProcessor processor, ChatOptions? options = null)
    {
        ChatOptions changed = options?.Clone() ?? new ChatOptions();
        changed.RawRepresentationFactory = _ => new TextGenerationOptions { Generation = new GenerationOptions { Processors = [processor] } };
        return changed;
    }

    public void Process(ReadOnlySpan<int> sequence, int promptLength, Span<float> logits)
    {
        logits.Fill(float.NegativeInfinity);
        logits[tokens[Math.Min(sequence.Length - promptLength, tokens.Length - 1)]] = 0;
    }
}
