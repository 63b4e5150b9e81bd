using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Cuts where the script changes. Spaces go with any script; those at the start of a piece are lost, as in the reference.</summary>
internal sealed class UnicodeScriptsPreTokenizer : PreTokenizer
{
    private const int AnyScript = 0;

    public override void PreTokenize(PreTokenizedText text) => text.Split(static (piece, parts) =>
    {
        int last = -1;
        int start = -1;
        for (int at = 0; at < piece.Length;)
        {
            int here = at;
            int script = CharacterSets.Scripts[Utf8.Next(piece, ref at)];
            if (script == AnyScript)
            {
                continue;
            }

            if (script != last)
            {
                if (start >= 0)
                {
                    parts.Add(start, here, false);
                }

                start = here;
                last = script;
            }
        }

        if (start >= 0)
        {
            parts.Add(start, piece.Length, false);
        }
    });

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "UnicodeScripts"u8);
        writer.WriteEndObject();
    }
}
