namespace Snug.Tokenizers;

/// <summary>Which pieces get a space in front.</summary>
internal enum PrependScheme
{
    Always,

    /// <summary>The piece at the start of the original text.</summary>
    First,

    Never,
}
