using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Reads tokenizer_config.json, special_tokens_map.json, added_tokens.json and the files of chat templates.</summary>
internal static class TokenizerConfigurationReader
{
    // Models without a limit write 10^30.
    private const double NoLength = 1e9;

    // A folder may hold any number of files; nobody has this many templates.
    private const int MaxTemplates = 1000;

    private static readonly string[] SpecialNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private static readonly string[] SwitchNames =
        ["do_lower_case", "strip_accents", "tokenize_chinese_chars", "keep_accents", "add_prefix_space", "legacy", "split_by_punct"];

    public static TokenizerConfiguration ReadDirectory(string folder)
    {
        TokenizerConfiguration configuration = ReadFile(folder, "tokenizer_config.json", static bytes => Read(bytes)) ?? new TokenizerConfiguration();
        if (!configuration.ListsAddedTokens)
        {
            configuration = ReadFile(folder, "special_tokens_map.json", bytes => Parse(bytes, root => WithSpecialTokens(configuration, root))) ?? configuration;
            configuration = ReadFile(folder, "added_tokens.json", bytes => Parse(bytes, root => WithAddedTokens(configuration, root))) ?? configuration;
        }

        return configuration with { ChatTemplates = ReadTemplates(folder, configuration) };
    }

    public static TokenizerConfiguration Read(ReadOnlySpan<byte> json) => Parse(json, Read);

    private static TokenizerConfiguration Read(JsonNode root)
    {
        TokenizerConfiguration configuration = new()
        {
            TokenizerClass = root.Optional("tokenizer_class")?.AsString(),
            ModelMaxLength = root.Optional("model_max_length")?.AsNumber() is { } length and > 0 and < NoLength ? (int)length : null,
            PaddingSide = IsLeft(root, "padding_side") ? PaddingDirection.Left : PaddingDirection.Right,
            TruncationSide = IsLeft(root, "truncation_side") ? TruncationDirection.Left : TruncationDirection.Right,
            CleanUpTokenizationSpaces = root.Optional("clean_up_tokenization_spaces")?.AsBoolean() ?? false,
            AddBosToken = root.Optional("add_bos_token")?.AsBoolean(),
            AddEosToken = root.Optional("add_eos_token")?.AsBoolean(),
            SplitSpecialTokens = root.Optional("split_special_tokens")?.AsBoolean() ?? false,
            AddedTokens = ReadAddedTokens(root),
            ListsAddedTokens = root.Has("added_tokens_decoder"),
            ChatTemplates = ReadTemplates(root),
            Switches = ReadSwitches(root),
            Numbers = ReadNumbers(root),
        };
        return WithSpecialTokens(configuration, root);
    }

    private static bool IsLeft(JsonNode root, string name) => root.Optional(name) is { } side && side.AsString() switch
    {
        "left" => true,
        "right" => false,
        _ => throw side.Error("must be 'left' or 'right'"),
    };

    /// <summary>Adds the special tokens of an object; what it names replaces what was there.</summary>
    private static TokenizerConfiguration WithSpecialTokens(TokenizerConfiguration configuration, JsonNode root)
    {
        Dictionary<string, string> named = new(configuration.SpecialTokens, StringComparer.Ordinal);
        Dictionary<string, AddedToken> properties = new(configuration.TokenProperties, StringComparer.Ordinal);
        List<string> additional = [.. configuration.AdditionalSpecialTokens];

        string Content(JsonNode token)
        {
            if (!token.IsObject)
            {
                return token.AsString();
            }

            AddedToken read = ReadToken(token) with { Special = true };
            properties[read.Content] = read;
            return read.Content;
        }

        foreach (string name in SpecialNames)
        {
            if (root.Optional(name) is { } token)
            {
                named[name] = Content(token);
            }
        }

        JsonNode? list = root.Optional("additional_special_tokens") ?? root.Optional("extra_special_tokens");
        if (list is { Element.ValueKind: JsonValueKind.Array } tokens)
        {
            additional = [.. tokens.Items().Select(Content)];
        }
        else if (list is { IsObject: true } byName)
        {
            // Tokens with names of the model's own: image_token, video_token …
            foreach ((string name, JsonNode token) in byName.Members())
            {
                named[name] = Content(token);
            }
        }

        return configuration with { SpecialTokens = named, AdditionalSpecialTokens = additional, TokenProperties = properties };
    }

    private static TokenizerConfiguration WithAddedTokens(TokenizerConfiguration configuration, JsonNode root)
    {
        HashSet<string> special = [.. configuration.SpecialTokens.Values, .. configuration.AdditionalSpecialTokens];
        Dictionary<int, AddedToken> added = new(configuration.AddedTokens);
        foreach ((string token, JsonNode id) in root.Members())
        {
            bool isSpecial = special.Contains(token);
            added[id.AsCount()] = new AddedToken(token) { Normalized = !isSpecial, Special = isSpecial };
        }

        return configuration with { AddedTokens = added };
    }

    private static Dictionary<int, AddedToken> ReadAddedTokens(JsonNode root)
    {
        Dictionary<int, AddedToken> tokens = [];
        if (root.Optional("added_tokens_decoder") is { } decoder)
        {
            foreach ((string id, JsonNode token) in decoder.Members())
            {
                if (!int.TryParse(id, System.Globalization.NumberStyles.None, null, out int number))
                {
                    throw token.Error("has a name that is no number");
                }

                tokens[number] = ReadToken(token);
            }
        }

        return tokens;
    }

    private static AddedToken ReadToken(JsonNode token)
    {
        bool Flag(string name) => token.Optional(name)?.AsBoolean() ?? false;
        return new AddedToken(token.Member("content").AsString())
        {
            SingleWord = Flag("single_word"),
            LeftStrip = Flag("lstrip"),
            RightStrip = Flag("rstrip"),
            Normalized = Flag("normalized"),
            Special = Flag("special"),
        };
    }

    private static Dictionary<string, bool> ReadSwitches(JsonNode root)
    {
        Dictionary<string, bool> switches = new(StringComparer.Ordinal);
        foreach (string name in SwitchNames)
        {
            // Switches of classes: what is no truth value is none of ours.
            if (root.Optional(name) is { Element.ValueKind: JsonValueKind.True or JsonValueKind.False } value)
            {
                switches[name] = value.AsBoolean();
            }
        }

        return switches;
    }

    private static Dictionary<string, int> ReadNumbers(JsonNode root)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (string name in (string[])["extra_ids", "offset"])
        {
            if (root.Optional(name) is { Element.ValueKind: JsonValueKind.Number } value)
            {
                numbers[name] = value.AsCount();
            }
        }

        return numbers;
    }

    private static Dictionary<string, string> ReadTemplates(JsonNode root)
    {
        Dictionary<string, string> templates = new(StringComparer.Ordinal);
        if (root.Optional("chat_template") is { } template)
        {
            if (template.Element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonNode item in template.Items())
                {
                    templates[item.Member("name").AsString()] = item.Member("template").AsString();
                }
            }
            else
            {
                templates[TokenizerConfiguration.DefaultTemplate] = template.AsString();
            }
        }

        return templates;
    }

    /// <summary>Files of their own come before what the configuration has.</summary>
    private static Dictionary<string, string> ReadTemplates(string folder, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> templates = new(configuration.ChatTemplates, StringComparer.Ordinal);
        if (ReadFile(folder, "chat_template.jinja", bytes => Utf8.ToText(bytes)) is { } own)
        {
            templates[TokenizerConfiguration.DefaultTemplate] = own;
        }
        else if (ReadFile(folder, "chat_template.json", bytes => Parse(bytes, ReadTemplates)) is { } legacy)
        {
            foreach ((string name, string template) in legacy)
            {
                templates[name] = template;
            }
        }

        string additional = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(additional))
        {
            foreach (string file in Directory.EnumerateFiles(additional, "*.jinja").Take(MaxTemplates).Order(StringComparer.Ordinal))
            {
                templates[Path.GetFileNameWithoutExtension(file)] = ReadFile(additional, Path.GetFileName(file), bytes => Utf8.ToText(bytes))!;
            }
        }

        return templates;
    }

    private static T? ReadFile<T>(string folder, string name, Func<byte[], T> read)
        where T : class
    {
        FileInfo file = new(Path.Combine(folder, name));
        if (!file.Exists)
        {
            return null;
        }

        if (file.Length > TokenizerConfiguration.MaxFileBytes)
        {
            throw new TokenizerException($"has more than {TokenizerConfiguration.MaxFileBytes} bytes.").InFile(file.FullName);
        }

        try
        {
            return read(System.IO.File.ReadAllBytes(file.FullName));
        }
        catch (TokenizerException exception)
        {
            throw exception.InFile(file.FullName);
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> json, Func<JsonNode, T> read)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            throw new TokenizerException("The file is not UTF-8.");
        }

        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = TokenizerJsonReader.MaxDepth });
        try
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return read(new JsonNode(document.RootElement, "$"));
        }
        catch (JsonException exception)
        {
            throw new TokenizerException("is not valid JSON", "$", exception);
        }
    }
}
