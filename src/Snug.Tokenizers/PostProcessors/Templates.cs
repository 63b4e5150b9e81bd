namespace Snug.Tokenizers;

/// <summary>Builds templates in code.</summary>
internal static class Templates
{
    public static TemplatePiece Text(int sequence, int typeId) => new(sequence, null, typeId);

    public static TemplatePiece Token(string text, int id, int typeId) => new(-1, new TemplateToken(text, [id], [text]), typeId);

    public static TemplateProcessor Of(IReadOnlyList<TemplatePiece> single, IReadOnlyList<TemplatePiece> pair)
    {
        Dictionary<string, TemplateToken> tokens = new(StringComparer.Ordinal);
        foreach (TemplatePiece piece in single.Concat(pair))
        {
            if (piece.Token is { } token)
            {
                tokens[token.Name] = token;
            }
        }

        return new TemplateProcessor(single, pair, tokens);
    }

    /// <summary>A start token before and an end token behind each text, as far as they are there.</summary>
    public static TemplateProcessor OfStartAndEnd((string Text, int Id)? start, (string Text, int Id)? end)
    {
        IEnumerable<TemplatePiece> Around(int sequence)
        {
            if (start is var (startText, startId))
            {
                yield return Token(startText, startId, sequence);
            }

            yield return Text(sequence, sequence);
            if (end is var (endText, endId))
            {
                yield return Token(endText, endId, sequence);
            }
        }

        return Of([.. Around(0)], [.. Around(0), .. Around(1)]);
    }
}
