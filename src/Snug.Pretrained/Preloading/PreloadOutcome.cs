using System.Diagnostics.CodeAnalysis;

namespace Snug.Pretrained;

/// <summary>How one item of a list ended. Disposal frees what it keeps.</summary>
public sealed class PreloadOutcome : IDisposable
{
    internal PreloadOutcome(PreloadItem item, TimeSpan elapsed) => (Item, Elapsed) = (item, elapsed);

    /// <summary>What was to be loaded.</summary>
    public PreloadItem Item { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Whether it was loaded.</summary>
    [MemberNotNullWhen(true, nameof(Source))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    /// <summary>Where it was loaded from.</summary>
    public PretrainedSource? Source { get; internal init; }

    /// <summary>The tokenizer, if one was asked for and is kept.</summary>
    public PretrainedTokenizer? Tokenizer { get; internal init; }

    /// <summary>The model, if one was asked for and is kept.</summary>
    public PretrainedModel? Model { get; internal init; }

    /// <summary>Why it could not be loaded: a <see cref="Hub.HubException"/>, <see cref="Tokenizers.TokenizerException"/> or <see cref="Inference.ModelFormatException"/>, as a rule.</summary>
    public Exception? Failure { get; internal init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokenizer?.Dispose();
        Model?.Dispose();
    }
}
