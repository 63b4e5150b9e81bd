using System.Buffers;
using System.Text.Json;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>
/// Builds a tokenizer from the metadata of a GGUF file: what <c>tokenizer.json</c> of the same model would say is written and loaded, so
/// that there is one engine.
/// </summary>
internal static class GgufTokenizer
{
    private const string Space = "\u2581";

    private const string Gpt2Pattern = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>How texts are split, by the name that the file gives it.</summary>
    private static readonly Dictionary<string, Splitting> Splittings = new(StringComparer.Ordinal)
    {
        ["gpt-2"] = new(Gpt2Pattern),
        ["llama-bpe"] = new(Tokenizer.Cl100kPattern) { IgnoresMerges = true, AddsStart = true },
        ["llama3"] = new(Tokenizer.Cl100kPattern) { IgnoresMerges = true, AddsStart = true },
        ["llama-v3"] = new(Tokenizer.Cl100kPattern) { IgnoresMerges = true, AddsStart = true },
        ["qwen2"] = new(Qwen2Pattern) { Composes = true },
        ["deepseek-r1-qwen"] = new(Qwen2Pattern) { Composes = true },
        ["smollm"] = new(Gpt2Pattern) { SplitsDigits = true },
        ["gpt-4o"] = new(Tokenizer.O200kPattern),
    };

    /// <summary>Loads the tokenizer of a file, with its special tokens and its chat template.</summary>
    /// <exception cref="TokenizerException">The file has no tokenizer, or one of a kind that is not supported.</exception>
    public static Tokenizer Load(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        GgufVocabulary vocabulary = new(file);
        bool isSentencePiece = vocabulary.Model switch
        {
            "llama" => true,
            "gpt2" => false,
            var other => throw vocabulary.Fault("model", $"is '{other}'; supported are llama and gpt2: put tokenizer.json beside the file"),
        };
        Splitting? splitting = isSentencePiece ? null : Find(vocabulary);
        Tokenizer tokenizer = Tokenizer.FromBytes(Write(vocabulary, splitting));
        tokenizer.Apply(Configuration(vocabulary, addsStart: splitting?.AddsStart ?? true));
        return tokenizer;
    }

    private static Splitting Find(GgufVocabulary vocabulary) =>
        vocabulary.PreTokenizer is { } name && Splittings.TryGetValue(name, out Splitting? found)
            ? found
            : throw vocabulary.Fault(
                "pre",
                $"is {(vocabulary.PreTokenizer is { } other ? $"'{other}'" : "missing")}; supported are {string.Join(", ", Splittings.Keys)}: put tokenizer.json beside the file");

    private static TokenizerConfiguration Configuration(GgufVocabulary vocabulary, bool addsStart)
    {
        (string Name, string Key)[] names =
            [("bos_token", "bos_token_id"), ("eos_token", "eos_token_id"), ("unk_token", "unknown_token_id"), ("pad_token", "padding_token_id")];
        Dictionary<string, string> special = new(StringComparer.Ordinal);
        foreach ((string name, string key) in names)
        {
            if (vocabulary.Special(key) is { } token)
            {
                special[name] = token;
            }
        }

        return new TokenizerConfiguration
        {
            SpecialTokens = special,
            AddBosToken = vocabulary.Flag("add_bos_token") ?? addsStart,
            AddEosToken = vocabulary.Flag("add_eos_token") ?? false,
            ChatTemplates = vocabulary.ChatTemplate is { } template
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [TokenizerConfiguration.DefaultTemplate] = template }
                : [],
        };
    }

    private static byte[] Write(GgufVocabulary vocabulary, Splitting? splitting)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartObject();
        WriteAddedTokens(json, vocabulary);
        if (splitting is null)
        {
            WriteSentencePiece(json, vocabulary);
        }
        else
        {
            WriteByteLevel(json, vocabulary, splitting);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, GgufVocabulary vocabulary)
    {
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            if (vocabulary.Kinds[id] is GgufTokenKind.Control or GgufTokenKind.UserDefined or GgufTokenKind.Unknown)
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteString("content", vocabulary.Tokens[id]);
                foreach (string flag in (string[])["single_word", "lstrip", "rstrip", "normalized"])
                {
                    json.WriteBoolean(flag, false);
                }

                json.WriteBoolean("special", vocabulary.Kinds[id] != GgufTokenKind.UserDefined);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteSentencePiece(Utf8JsonWriter json, GgufVocabulary vocabulary)
    {
        bool addsSpace = vocabulary.Flag("add_space_prefix") ?? true;
        WriteSequence(json, "normalizer", "normalizers", addsSpace
            ? [$$"""{"type":"Prepend","prepend":"{{Space}}"}""", Replace(" ", Space)]
            : [Replace(" ", Space)]);
        WriteSequence(json, "decoder", "decoders", addsSpace
            ? [Replace(Space, " "), """{"type":"ByteFallback"}""", """{"type":"Fuse"}""", """{"type":"Strip","content":" ","start":1,"stop":0}"""]
            : [Replace(Space, " "), """{"type":"ByteFallback"}""", """{"type":"Fuse"}"""]);
        WriteModel(
            json, vocabulary, GgufMerges.FromScores(vocabulary), vocabulary.Special("unknown_token_id"), bytes: vocabulary.Kinds.Contains(GgufTokenKind.Byte), ignoresMerges: false);
    }

    private static void WriteByteLevel(Utf8JsonWriter json, GgufVocabulary vocabulary, Splitting splitting)
    {
        const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";
        if (splitting.Composes)
        {
            WriteSequence(json, "normalizer", "normalizers", ["""{"type":"NFC"}"""]);
        }

        string split = $$"""{"type":"Split","pattern":{"Regex":"{{JsonEncodedText.Encode(splitting.Pattern)}}"},"behavior":"Isolated","invert":false}""";
        WriteSequence(json, "pre_tokenizer", "pretokenizers", splitting.SplitsDigits
            ? ["""{"type":"Digits","individual_digits":true}""", split, ByteLevel]
            : [split, ByteLevel]);
        json.WritePropertyName("decoder");
        json.WriteRawValue(ByteLevel);
        IEnumerable<(string Left, string Right)> merges = vocabulary.Merges.Select(merge => merge.IndexOf(' ', 1) is var space and > 0
            ? (merge[..space], merge[(space + 1)..])
            : throw vocabulary.Fault("merges", "has an entry that is not of two tokens"));
        WriteModel(json, vocabulary, merges, unknown: null, bytes: false, splitting.IgnoresMerges);
    }

    private static void WriteModel(
        Utf8JsonWriter json, GgufVocabulary vocabulary, IEnumerable<(string Left, string Right)> merges, string? unknown, bool bytes, bool ignoresMerges)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteString("unk_token", unknown);
        json.WriteBoolean("fuse_unk", unknown is not null);
        json.WriteBoolean("byte_fallback", bytes);
        json.WriteBoolean("ignore_merges", ignoresMerges);
        json.WriteStartObject("vocab");
        for (int id = 0; id < vocabulary.Tokens.Length; id++)
        {
            json.WriteNumber(vocabulary.Tokens[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSequence(Utf8JsonWriter json, string name, string items, string[] parts)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "Sequence");
        json.WritePropertyName(items);
        json.WriteRawValue($"[{string.Join(',', parts)}]");
        json.WriteEndObject();
    }

    private static string Replace(string from, string to) => $$"""{"type":"Replace","pattern":{"String":"{{from}}"},"content":"{{to}}"}""";

    /// <summary>How texts are prepared for BPE over bytes.</summary>
    private sealed record Splitting(string Pattern)
    {
        public bool IgnoresMerges { get; init; }

        public bool AddsStart { get; init; }

        /// <summary>Whether characters are composed first (NFC).</summary>
        public bool Composes { get; init; }

        public bool SplitsDigits { get; init; }
    }
}
