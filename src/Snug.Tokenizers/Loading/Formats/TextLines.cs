namespace Snug.Tokenizers;

/// <summary>The lines of a text file; a line end at the end of the file begins no further line.</summary>
internal static class TextLines
{
    public static List<Range> Of(ReadOnlySpan<byte> text)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            throw new TokenizerException("The file is not UTF-8.");
        }

        List<Range> lines = [];
        for (int at = text.StartsWith("\uFEFF"u8) ? 3 : 0; at < text.Length;)
        {
            int length = text[at..].IndexOf((byte)'\n');
            int end = length < 0 ? text.Length : at + length;
            lines.Add(at..(end > at && text[end - 1] == '\r' ? end - 1 : end));
            at = end + 1;
        }

        return lines;
    }
}
