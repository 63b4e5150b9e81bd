using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>What a repository says about its tokenizer besides tokenizer.json: tokenizer_config.json and the small files beside it.</summary>
public sealed record TokenizerConfiguration
{
    /// <summary>Name of the template that is used when none is asked for.</summary>
    public const string DefaultTemplate = "default";

    /// <summary>Largest of these files, in bytes.</summary>
    public const int MaxFileBytes = 64 * 1024 * 1024;

    // Models without a limit write 10^30.
    private const double NoLength = 1e9;

    private static readonly string[] SpecialNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private static readonly (string From, string To)[] CleanUps =
        [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];

    /// <summary>The Python class of the tokenizer, or null.</summary>
    public string? TokenizerClass { get; init; }

    /// <summary>Most tokens that the model takes; null when it does not say.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>The end at which batches are padded.</summary>
    public PaddingDirection PaddingSide { get; init; }

    /// <summary>The end at which texts are cut.</summary>
    public TruncationDirection TruncationSide { get; init; }

    /// <summary>Whether decoded text is cleaned of the spaces before punctuation: see <see cref="CleanUp"/>.</summary>
    public bool CleanUpTokenizationSpaces { get; init; }

    /// <summary>Whether a start token is added; null when the file does not say.</summary>
    public bool? AddBosToken { get; init; }

    /// <summary>Whether an end token is added; null when the file does not say.</summary>
    public bool? AddEosToken { get; init; }

    /// <summary>Whether special tokens in a text are ordinary text.</summary>
    public bool SplitSpecialTokens { get; init; }

    /// <summary>Special tokens by the names that Python gives them: <c>bos_token</c>, <c>eos_token</c>, <c>pad_token</c> …</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>Special tokens without a name.</summary>
    public IReadOnlyList<string> AdditionalSpecialTokens { get; init; } = [];

    /// <summary>Added tokens with their numbers, from added_tokens_decoder and added_tokens.json.</summary>
    public IReadOnlyDictionary<int, AddedToken> AddedTokens { get; init; } = new Dictionary<int, AddedToken>();

    /// <summary>Chat templates by name; the one that is used unless asked for otherwise is <see cref="DefaultTemplate"/>.</summary>
    public IReadOnlyDictionary<string, string> ChatTemplates { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the files of a folder, as far as they are there.</summary>
    /// <param name="folder">The folder of tokenizer_config.json.</param>
    /// <exception cref="TokenizerException">A file is damaged.</exception>
    public static TokenizerConfiguration FromDirectory(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        TokenizerConfiguration configuration = Read(folder, "tokenizer_config.json", Read) ?? new TokenizerConfiguration();
        Dictionary<string, string> special = new(configuration.SpecialTokens, StringComparer.Ordinal);
        foreach ((string name, string token) in Read(folder, "special_tokens_map.json", bytes => Parse(bytes, ReadSpecialTokens)) ?? [])
        {
            special.TryAdd(name, token);
        }

        Dictionary<int, AddedToken> added = new(configuration.AddedTokens);
        foreach ((string token, int id) in Read(folder, "added_tokens.json", bytes => Parse(bytes, ReadIds)) ?? [])
        {
            added.TryAdd(id, new AddedToken(token) { Normalized = false });
        }

        return configuration with { SpecialTokens = special, AddedTokens = added, ChatTemplates = ReadTemplates(folder, configuration) };
    }

    /// <summary>Reads a tokenizer_config.json.</summary>
    /// <param name="json">The file, as UTF-8.</param>
    /// <exception cref="TokenizerException">The file is damaged.</exception>
    public static TokenizerConfiguration Read(ReadOnlySpan<byte> json) => Parse(json, Read);

    /// <summary>Takes out the spaces before punctuation and English contractions, as Python does where the file asks for it.</summary>
    public static string CleanUp(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((string from, string to) in CleanUps)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }

    private static TokenizerConfiguration Read(JsonNode root) => new()
    {
        TokenizerClass = root.Optional("tokenizer_class")?.AsString(),
        ModelMaxLength = root.Optional("model_max_length")?.AsNumber() is { } length and > 0 and < NoLength ? (int)length : null,
        PaddingSide = Side(root, "padding_side") ? PaddingDirection.Left : PaddingDirection.Right,
        TruncationSide = Side(root, "truncation_side") ? TruncationDirection.Left : TruncationDirection.Right,
        CleanUpTokenizationSpaces = root.Optional("clean_up_tokenization_spaces")?.AsBoolean() ?? false,
        AddBosToken = root.Optional("add_bos_token")?.AsBoolean(),
        AddEosToken = root.Optional("add_eos_token")?.AsBoolean(),
        SplitSpecialTokens = root.Optional("split_special_tokens")?.AsBoolean() ?? false,
        SpecialTokens = ReadSpecialTokens(root),
        AdditionalSpecialTokens = ReadAdditional(root),
        AddedTokens = ReadAddedTokens(root),
        ChatTemplates = ReadTemplates(root),
    };

    private static bool Side(JsonNode root, string name)
    {
        if (root.Optional(name) is not { } side)
        {
            return false;
        }

        return side.AsString() switch
        {
            "left" => true,
            "right" => false,
            _ => throw side.Error("must be 'left' or 'right'"),
        };
    }

    private static Dictionary<string, string> ReadSpecialTokens(JsonNode root)
    {
        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        foreach (string name in SpecialNames)
        {
            if (root.Optional(name) is { } token)
            {
                tokens[name] = Content(token);
            }
        }

        return tokens;
    }

    private static List<string> ReadAdditional(JsonNode root)
    {
        JsonNode? list = root.Optional("additional_special_tokens") ?? root.Optional("extra_special_tokens");
        return list is { Element.ValueKind: JsonValueKind.Array } tokens ? [.. tokens.Items().Select(Content)] : [];
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

                bool Flag(string name) => token.Optional(name)?.AsBoolean() ?? false;
                tokens[number] = new AddedToken(token.Member("content").AsString())
                {
                    SingleWord = Flag("single_word"),
                    LeftStrip = Flag("lstrip"),
                    RightStrip = Flag("rstrip"),
                    Normalized = Flag("normalized"),
                    Special = Flag("special"),
                };
            }
        }

        return tokens;
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
                templates[DefaultTemplate] = template.AsString();
            }
        }

        return templates;
    }

    /// <summary>Files of their own come before what the configuration has.</summary>
    private static Dictionary<string, string> ReadTemplates(string folder, TokenizerConfiguration configuration)
    {
        Dictionary<string, string> templates = new(configuration.ChatTemplates, StringComparer.Ordinal);
        if (Read(folder, "chat_template.jinja", bytes => Utf8.ToText(bytes)) is { } own)
        {
            templates[DefaultTemplate] = own;
        }
        else if (Read(folder, "chat_template.json", bytes => Parse(bytes, ReadTemplates)) is { } legacy)
        {
            foreach ((string name, string template) in legacy)
            {
                templates[name] = template;
            }
        }

        string additional = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(additional))
        {
            foreach (string file in Directory.EnumerateFiles(additional, "*.jinja").Order(StringComparer.Ordinal))
            {
                templates[Path.GetFileNameWithoutExtension(file)] = Read(additional, Path.GetFileName(file), bytes => Utf8.ToText(bytes))!;
            }
        }

        return templates;
    }

    private static Dictionary<string, int> ReadIds(JsonNode root)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach ((string token, JsonNode id) in root.Members())
        {
            ids[token] = id.AsCount();
        }

        return ids;
    }

    /// <summary>A token, written as its text or as an object that has its text.</summary>
    private static string Content(JsonNode token) => token.IsObject ? token.Member("content").AsString() : token.AsString();

    private static T? Read<T>(string folder, string name, Func<byte[], T> read)
        where T : class
    {
        FileInfo file = new(Path.Combine(folder, name));
        if (!file.Exists)
        {
            return null;
        }

        if (file.Length > MaxFileBytes)
        {
            throw new TokenizerException($"{file.FullName} has more than {MaxFileBytes} bytes.");
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

    private static TokenizerConfiguration Read(byte[] json) => Read(json.AsSpan());

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
