using System.Text;
using Encoding = Snug.Tokenizers.Encoding;

namespace Snug.Cli;

/// <summary>Shows the tokens of a text in colours that take turns, so that one sees where it is cut.</summary>
internal static class TokenPainter
{
    private static readonly string[] Backgrounds = ["\u001b[30;46m", "\u001b[30;42m", "\u001b[30;43m", "\u001b[30;45m", "\u001b[30;44m"];

    public static string Paint(Encoding encoding)
    {
        StringBuilder line = new();
        for (int i = 0; i < encoding.Length; i++)
        {
            string token = Text.Printable(encoding.Tokens[i]);
            line.Append(encoding.SpecialTokensMask[i] == 1 ? Ansi.Dim : Backgrounds[i % Backgrounds.Length]).Append(token).Append(Ansi.Reset);
        }

        return line.ToString();
    }
}
