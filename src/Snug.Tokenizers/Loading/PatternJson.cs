using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Patterns as they stand in tokenizer files: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternJson
{
    public static TextMatcher Read(JsonNode node)
    {
        if (!node.IsObject || node.Element.EnumerateObject().Count() != 1)
        {
            throw node.Error("must be an object with 'String' or 'Regex'");
        }

        if (node.Has("String"))
        {
            return new LiteralMatcher(node.Member("String").AsString());
        }

        if (!node.Has("Regex"))
        {
            throw node.Error("must be an object with 'String' or 'Regex'");
        }

        JsonNode regex = node.Member("Regex");
        try
        {
            return new Pattern(regex.AsString());
        }
        catch (PatternException exception)
        {
            throw new TokenizerException(exception.Message, regex.Path, exception);
        }
    }

    public static void Write(Utf8JsonWriter writer, TextMatcher matcher)
    {
        writer.WriteStartObject("pattern"u8);
        switch (matcher)
        {
            case LiteralMatcher literal:
                writer.WriteString("String"u8, literal.Literal);
                break;
            case Pattern pattern:
                writer.WriteString("Regex"u8, pattern.Source);
                break;
        }

        writer.WriteEndObject();
    }
}
