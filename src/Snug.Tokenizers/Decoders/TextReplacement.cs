using System.Text;

namespace Snug.Tokenizers;

/// <summary>Replaces text as the reference does, where an empty text is found between all characters.</summary>
internal static class TextReplacement
{
    public static string All(string text, string from, string to)
    {
        if (from.Length > 0)
        {
            return text.Replace(from, to, StringComparison.Ordinal);
        }

        StringBuilder builder = new(to);
        foreach (Rune rune in text.EnumerateRunes())
        {
            builder.Append(rune.ToString()).Append(to);
        }

        return builder.ToString();
    }
}
