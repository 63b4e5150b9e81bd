using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Mistral's tekken.json: ranked byte strings, the pattern, and special tokens that have the first numbers.</summary>
internal static class TekkenFormat
{
    public static TokenizerParts Read(ReadOnlySpan<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            throw new TokenizerException("The file is not UTF-8.");
        }

        try
        {
            Utf8JsonReader reader = new(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return Read(new JsonNode(document.RootElement, "$"));
        }
        catch (JsonException exception)
        {
            throw new TokenizerException("is not valid JSON", "$", exception);
        }
    }

    private static TokenizerParts Read(JsonNode root)
    {
        JsonNode config = root.Member("config");
        int special = config.Member("default_num_special_tokens").AsCount();
        int size = config.Member("default_vocab_size").AsCount();
        if (special > size)
        {
            throw config.Error("must not have more special tokens than tokens");
        }

        RankedBytesFormat format = new();
        int count = 0;
        foreach (JsonNode token in root.Member("vocab").Items())
        {
            // The file may have more than the model uses.
            if (count++ == size - special)
            {
                break;
            }

            JsonNode bytes = token.Member("token_bytes");
            if (!bytes.Element.TryGetBytesFromBase64(out byte[]? value))
            {
                throw bytes.Error("is not base64");
            }

            format.Add(value, token.Member("rank").AsCount());
        }

        return format.Build(config.Member("pattern").AsString(), special, SpecialTokens(root, special));
    }

    /// <summary>Special tokens have their ranks as numbers; numbers that no token has are filled.</summary>
    private static List<(string Text, int Id)> SpecialTokens(JsonNode root, int count)
    {
        Dictionary<int, string> named = [];
        if (root.Optional("special_tokens") is { } tokens)
        {
            foreach (JsonNode token in tokens.Items())
            {
                int rank = token.Member("rank").AsCount();
                if (rank >= count || !named.TryAdd(rank, token.Member("token_str").AsString()))
                {
                    throw token.Error("has a rank that is no special one, or is there twice");
                }
            }
        }
        else
        {
            (named[0], named[1], named[2]) = ("<unk>", "<s>", "</s>");
        }

        return [.. Enumerable.Range(0, count).Select(id => (named.GetValueOrDefault(id, $"<SPECIAL_{id}>"), id))];
    }
}
