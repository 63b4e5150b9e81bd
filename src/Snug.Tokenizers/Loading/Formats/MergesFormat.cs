using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>GPT-2's vocab.json and merges.txt.</summary>
internal static class MergesFormat
{
    public static TokenizerParts Read(ReadOnlySpan<byte> vocabularyJson, ReadOnlySpan<byte> mergesText)
    {
        BpeModel model = ReadModel(vocabularyJson, mergesText, new BpeOptions());
        return new TokenizerParts(model)
        {
            PreTokenizer = new ByteLevelPreTokenizer(addPrefixSpace: false, trimOffsets: true, useRegex: true),
            PostProcessor = new ByteLevelProcessor(addPrefixSpace: true, trimOffsets: false, useRegex: true),
            Decoder = new ByteLevelDecoder(addPrefixSpace: true, trimOffsets: true, useRegex: true),
            AddedTokens = model.Vocabulary.Find("<|endoftext|>") >= 0 ? [AddedToken.SpecialToken("<|endoftext|>")] : [],
        };
    }

    public static BpeModel ReadModel(ReadOnlySpan<byte> vocabularyJson, ReadOnlySpan<byte> mergesText, BpeOptions options)
    {
        Vocabulary vocabulary = ReadVocabulary(vocabularyJson);
        MergeListBuilder merges = new();
        int number = 0;
        foreach (Range range in TextLines.Of(mergesText))
        {
            ReadOnlySpan<byte> line = mergesText[range];
            number++;
            if (line.StartsWith("#version"u8))
            {
                continue;
            }

            int space = line.IndexOf((byte)' ');
            if (space < 0 || line[(space + 1)..].Contains((byte)' '))
            {
                throw new TokenizerException($"Line {number} of the merges must have one space.");
            }

            merges.AddPart(line[..space], last: false);
            merges.AddPart(line[(space + 1)..], last: true);
        }

        return new BpeModel(vocabulary, merges.Build(vocabulary, 0, "merges"), options);
    }

    private static Vocabulary ReadVocabulary(ReadOnlySpan<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            throw new TokenizerException("The vocabulary is not UTF-8.");
        }

        try
        {
            Utf8JsonReader reader = new(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            VocabularyBuilder builder = new();
            foreach ((string token, JsonNode id) in new JsonNode(document.RootElement, "$").Members())
            {
                builder.Add(System.Text.Encoding.UTF8.GetBytes(token), id.AsCount());
            }

            return builder.Build();
        }
        catch (JsonException exception)
        {
            throw new TokenizerException("is not valid JSON", "$", exception);
        }
    }
}
