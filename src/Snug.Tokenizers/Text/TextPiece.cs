namespace Snug.Tokenizers;

/// <summary>A piece of the text on its way to the model.</summary>
/// <param name="Start">First byte in the current buffer.</param>
/// <param name="Length">Bytes in the current buffer.</param>
/// <param name="OriginalStart">First byte in the original text.</param>
/// <param name="OriginalEnd">End in the original text.</param>
/// <param name="TokenId">The added token that the piece is, or -1.</param>
internal readonly record struct TextPiece(int Start, int Length, int OriginalStart, int OriginalEnd, int TokenId)
{
    public const int NoToken = -1;

    public bool IsToken => TokenId != NoToken;
}
