using System.Numerics;

namespace Snug.Tokenizers;

/// <content>Batches straight into the buffers that models read.</content>
public sealed partial class Tokenizer
{
    /// <summary>
    /// Encodes many texts into rows of one length: row i is at <c>i * rowLength</c>. Shorter texts are padded as <see cref="Padding"/>
    /// says (with number 0 at the end when it is not set), longer ones are cut as <see cref="Truncation"/> says (at the end when it is not set).
    /// </summary>
    /// <typeparam name="T">The type that the model reads: <see cref="int"/> or <see cref="long"/>.</typeparam>
    /// <param name="texts">The texts.</param>
    /// <param name="rowLength">Tokens of a row.</param>
    /// <param name="ids">The numbers of the tokens.</param>
    /// <param name="attentionMask">1 for tokens, 0 for padding; empty when it is not wanted.</param>
    /// <param name="typeIds">The segments; empty when they are not wanted.</param>
    /// <param name="addSpecialTokens">Whether the model's own tokens are added, such as [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">A buffer is too small.</exception>
    /// <exception cref="TokenizerException">A text cannot be encoded: see the message.</exception>
    public void EncodeBatch<T>(IReadOnlyList<string> texts, int rowLength, Memory<T> ids, Memory<T> attentionMask = default, Memory<T> typeIds = default, bool addSpecialTokens = true)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowLength);
        long needed = (long)texts.Count * rowLength;
        if (ids.Length < needed || (!attentionMask.IsEmpty && attentionMask.Length < needed) || (!typeIds.IsEmpty && typeIds.Length < needed))
        {
            throw new ArgumentException($"{texts.Count} rows of {rowLength} tokens need buffers of {needed}.", nameof(ids));
        }

        PaddingOptions padding = (Padding ?? new PaddingOptions()) with { Length = rowLength, PadToMultipleOf = null };
        TruncationOptions truncation = (Truncation ?? new TruncationOptions { MaxLength = rowLength }) is var set && set.MaxLength > rowLength ? set with { MaxLength = rowLength } : set;
        Batch(texts.Count, index =>
        {
            EncodeWorkspace workspace = EncodeWorkspace.Rent();
            workspace.Text.SetOriginal(texts[index].AsSpan());
            Encoding encoding = Finish(EncodeOriginal(workspace, 0, NoWord, truncate: true, truncation), null, addSpecialTokens, truncation, padding);
            EncodeWorkspace.Return(workspace);
            int row = index * rowLength;
            Copy(encoding.Ids, ids, row);
            Copy(encoding.AttentionMask, attentionMask, row);
            Copy(encoding.TypeIds, typeIds, row);
            return encoding;
        }, padding: null);
    }

    private static void Copy<T>(ReadOnlySpan<int> values, Memory<T> target, int at)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (target.IsEmpty)
        {
            return;
        }

        Span<T> row = target.Span[at..];
        for (int i = 0; i < values.Length; i++)
        {
            row[i] = T.CreateTruncating(values[i]);
        }
    }
}
