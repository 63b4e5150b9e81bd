namespace Snug.Pretrained;

/// <summary>What of a repository is loaded ahead.</summary>
public enum PreloadKind
{
    /// <summary>The tokenizer.</summary>
    Tokenizer,

    /// <summary>The model: weights, tokenizer and generation settings.</summary>
    Model,
}
