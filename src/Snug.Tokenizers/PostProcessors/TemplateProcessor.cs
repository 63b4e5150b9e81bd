using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Puts texts and special tokens in the order of a template, one for single texts and one for pairs.</summary>
internal sealed class TemplateProcessor(
    IReadOnlyList<TemplatePiece> single, IReadOnlyList<TemplatePiece> pair, IReadOnlyDictionary<string, TemplateToken> tokens) : PostProcessor
{
    public override int AddedTokens(bool isPair) => (isPair ? pair : single).Sum(piece => piece.Token?.Ids.Length ?? 0);

    public override (int[] Before, int[] After)? Frame(bool addSpecialTokens)
    {
        List<int> before = [];
        List<int> after = [];
        bool seen = false;
        foreach (TemplatePiece piece in single)
        {
            if (piece.Token is null)
            {
                if (seen || piece.Sequence != 0)
                {
                    return null;
                }

                seen = true;
            }
            else if (addSpecialTokens)
            {
                (seen ? after : before).AddRange(piece.Token.Ids);
            }
        }

        return seen ? ([.. before], [.. after]) : null;
    }

    public override IReadOnlyList<Encoding> Process(IReadOnlyList<Encoding> encodings, bool addSpecialTokens)
    {
        if (encodings.Count > 2)
        {
            throw new TokenizerException("A template cannot follow a post-processor that adds tokens.");
        }

        List<Encoding> parts = [];
        foreach (TemplatePiece piece in encodings.Count == 2 ? pair : single)
        {
            if (piece.Token is null)
            {
                if (piece.Sequence >= encodings.Count)
                {
                    throw new TokenizerException("The template for single texts asks for a second one.");
                }

                // A copy, as a text may come twice.
                Encoding encoding = encodings[piece.Sequence].Copy();
                encoding.SetTypeIds(piece.TypeId);
                encoding.SetSequence(piece.Sequence);
                parts.Add(encoding);
            }
            else if (addSpecialTokens)
            {
                parts.Add(Encoding.OfSpecial(piece.Token.Ids, piece.Token.Tokens, piece.TypeId));
            }
        }

        return parts;
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "TemplateProcessing"u8);
        Write(writer, "single", single);
        Write(writer, "pair", pair);
        writer.WriteStartObject("special_tokens"u8);
        foreach ((string name, TemplateToken token) in tokens.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(name);
            writer.WriteString("id"u8, token.Name);
            writer.WriteStartArray("ids"u8);
            foreach (int id in token.Ids)
            {
                writer.WriteNumberValue(id);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("tokens"u8);
            foreach (string text in token.Tokens)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<TemplatePiece> pieces)
    {
        writer.WriteStartArray(name);
        foreach (TemplatePiece piece in pieces)
        {
            writer.WriteStartObject();
            writer.WriteStartObject(piece.Token is null ? "Sequence" : "SpecialToken");
            writer.WriteString("id"u8, piece.Token is { } token ? token.Name : piece.Sequence == 0 ? "A" : "B");
            writer.WriteNumber("type_id"u8, piece.TypeId);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
