using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Reads tokenizer.json.</summary>
internal static class TokenizerJsonReader
{
    /// <summary>Deepest nesting of a file; the reference's own reader stops there, too.</summary>
    public const int MaxDepth = 127;

    /// <summary>Reads a file.</summary>
    public static TokenizerParts Read(ReadOnlyMemory<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json.Span))
        {
            throw new TokenizerException("The file is not UTF-8.");
        }

        try
        {
            return Read(json.Span, new PlainLane(json));
        }
        catch (TokenizerException exception) when (exception.InnerException is JsonException)
        {
            // Places in the file are told right only by a reader that has read all of it.
            return Read(json.Span, plain: null);
        }
    }

    /// <summary>Reads a file that is UTF-8; without a plain lane everything by the JSON reader.</summary>
    internal static TokenizerParts Read(ReadOnlySpan<byte> json, PlainLane? plain)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        string path = "$";
        try
        {
            return Read(ref reader, ref path, plain);
        }
        catch (JsonException exception)
        {
            throw new TokenizerException($"is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} of the line)", path, exception);
        }
    }

    private static TokenizerParts Read(ref Utf8JsonReader reader, ref string path, PlainLane? plain)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new TokenizerException("must be an object", path);
        }

        TokenModel? model = null;
        Dictionary<string, JsonNode> members = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = MemberName(ref reader, "$");
            path = $"$.{name}";
            if (!reader.Read())
            {
                break;
            }

            if (name == "model")
            {
                model = ModelReader.Read(ref reader, plain);
            }
            else if (name is "version" or "truncation" or "padding" or "added_tokens" or "normalizer" or "pre_tokenizer" or "post_processor" or "decoder")
            {
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                members[name] = new JsonNode(document.RootElement.Clone(), path);
            }
            else
            {
                reader.Skip();
            }

            path = "$";
        }

        if (reader.Read())
        {
            throw new TokenizerException("has text behind its end", path);
        }

        if (members.TryGetValue("version", out JsonNode version) && version.AsString() != "1.0")
        {
            throw version.Error($"'{version.AsString()}' is not a version that is known");
        }

        return new TokenizerParts(model ?? throw new TokenizerException("has no 'model'", "$"))
        {
            Truncation = Component(members, "truncation", ReadTruncation),
            Padding = Component(members, "padding", ReadPadding),
            AddedTokens = members.TryGetValue("added_tokens", out JsonNode tokens) ? [.. tokens.Items(static (element, path, index) => TryReadAddedToken(element) ?? ReadAddedToken(new JsonNode(element, $"{path}[{index}]")))] : [],
            Normalizer = Component(members, "normalizer", ComponentReader.Normalizer),
            PreTokenizer = Component(members, "pre_tokenizer", ComponentReader.PreTokenizer),
            PostProcessor = Component(members, "post_processor", ComponentReader.PostProcessor),
            Decoder = Component(members, "decoder", ComponentReader.Decoder),
        };
    }

    /// <summary>The name of the member at which a reader stands.</summary>
    /// <exception cref="TokenizerException">It has escapes that are no characters.</exception>
    internal static string MemberName(ref Utf8JsonReader reader, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerException("has a name with a lone surrogate", path, exception);
        }
    }

    private static T? Component<T>(Dictionary<string, JsonNode> members, string name, Func<JsonNode, T> read)
        where T : class =>
        members.TryGetValue(name, out JsonNode node) && !node.IsNull ? read(node) : null;

    /// <summary>The token, or null where something is wrong with it. Files have thousands, so the place of each is not spelled out.</summary>
    private static AddedToken? TryReadAddedToken(JsonElement element)
    {
        return element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty("id"u8, out JsonElement id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int number) && number >= 0
            && element.TryGetProperty("content"u8, out JsonElement content) && content.ValueKind == JsonValueKind.String
            && System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(content).IndexOf("\\u"u8) < 0
            && TryReadFlag(element, "single_word"u8, out bool singleWord)
            && TryReadFlag(element, "lstrip"u8, out bool leftStrip)
            && TryReadFlag(element, "rstrip"u8, out bool rightStrip)
            && TryReadFlag(element, "normalized"u8, out bool normalized)
            && TryReadFlag(element, "special"u8, out bool special)
            ? new AddedToken(content.GetString()!) { SingleWord = singleWord, LeftStrip = leftStrip, RightStrip = rightStrip, Normalized = normalized, Special = special }
            : null;
    }

    private static bool TryReadFlag(JsonElement element, ReadOnlySpan<byte> name, out bool value)
    {
        value = element.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        return value || flag.ValueKind == JsonValueKind.False;
    }

    private static AddedToken ReadAddedToken(JsonNode node)
    {
        // The number is read for its type only: the reference numbers added tokens itself.
        _ = node.Member("id").AsCount();
        return new AddedToken(node.Member("content").AsString())
        {
            SingleWord = node.Member("single_word").AsBoolean(),
            LeftStrip = node.Member("lstrip").AsBoolean(),
            RightStrip = node.Member("rstrip").AsBoolean(),
            Normalized = node.Member("normalized").AsBoolean(),
            Special = node.Member("special").AsBoolean(),
        };
    }

    private static TruncationOptions ReadTruncation(JsonNode node)
    {
        JsonNode strategy = node.Member("strategy");
        TruncationDirection direction = TruncationDirection.Right;
        if (node.Has("direction"))
        {
            JsonNode member = node.Member("direction");
            direction = member.AsString() switch
            {
                "Right" => TruncationDirection.Right,
                "Left" => TruncationDirection.Left,
                _ => throw member.Error("must be 'Right' or 'Left'"),
            };
        }

        return new TruncationOptions
        {
            MaxLength = node.Member("max_length").AsCount(),
            Stride = node.Member("stride").AsCount(),
            Direction = direction,
            Strategy = strategy.AsString() switch
            {
                "LongestFirst" => TruncationStrategy.LongestFirst,
                "OnlyFirst" => TruncationStrategy.OnlyFirst,
                "OnlySecond" => TruncationStrategy.OnlySecond,
                _ => throw strategy.Error("must be 'LongestFirst', 'OnlyFirst' or 'OnlySecond'"),
            },
        };
    }

    private static PaddingOptions ReadPadding(JsonNode node)
    {
        JsonNode strategy = node.Member("strategy");
        JsonNode direction = node.Member("direction");
        return new PaddingOptions
        {
            Length = strategy.IsObject ? strategy.Member("Fixed").AsCount() : strategy.AsString() == "BatchLongest" ? null : throw strategy.Error("must be 'BatchLongest' or {'Fixed': length}"),
            Direction = direction.AsString() switch
            {
                "Right" => PaddingDirection.Right,
                "Left" => PaddingDirection.Left,
                _ => throw direction.Error("must be 'Right' or 'Left'"),
            },
            PadToMultipleOf = node.Optional("pad_to_multiple_of")?.AsCount(),
            PadId = node.Member("pad_id").AsCount(),
            PadTypeId = node.Member("pad_type_id").AsCount(),
            PadToken = node.Member("pad_token").AsString(),
        };
    }
}
