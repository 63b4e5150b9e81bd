namespace Snug.Tokenizers;

/// <summary>Finds a fixed text. The empty text is found before every character and at the end, as by a pattern.</summary>
internal sealed class LiteralMatcher(string literal) : TextMatcher
{
    private readonly byte[] _literal = System.Text.Encoding.UTF8.GetBytes(literal);

    public string Literal => literal;

    protected override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        int found = text[from..].IndexOf(_literal);
        start = found < 0 ? -1 : from + found;
        end = start + _literal.Length;
        return found >= 0;
    }
}
