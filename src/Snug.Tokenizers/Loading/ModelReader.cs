using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>
/// Reads the model of a tokenizer file in one pass, without a tree: vocabularies and merges can be tens of megabytes.
/// The members may come in any order, so what they mean is decided at the end.
/// </summary>
internal ref struct ModelReader
{
    private const string Path = "$.model";

    private readonly Dictionary<string, JsonNode> _members = new(StringComparer.Ordinal);
    private VocabularyBuilder? _vocabulary;
    private List<(string Piece, double Score)>? _pieces;
    private MergeListBuilder? _merges;
    private readonly PlainLane? _plain;
    private byte[] _scratch = [];

    private ModelReader(PlainLane? plain)
    {
        _plain = plain;
    }

    /// <summary>Reads the model that the reader stands on.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="plain">The short way through large members; null to read everything by the reader.</param>
    public static TokenModel Read(ref Utf8JsonReader reader, PlainLane? plain)
    {
        ModelReader model = new(plain);
        model.ReadMembers(ref reader);
        return model.Build();
    }

    private void ReadMembers(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new TokenizerException("must be an object", Path);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = TokenizerJsonReader.MemberName(ref reader, Path);
            if (name == "vocab")
            {
                if (_plain?.ReadTokens(ref reader) is { } tokens)
                {
                    (_vocabulary, _pieces) = (tokens, null);
                }
                else
                {
                    reader.Read();
                    ReadVocabulary(ref reader);
                }
            }
            else if (name == "merges")
            {
                if (_plain?.ReadMerges(ref reader) is { } merges)
                {
                    _merges = merges;
                }
                else
                {
                    reader.Read();
                    ReadMerges(ref reader);
                }
            }
            else
            {
                reader.Read();
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                _members[name] = new JsonNode(document.RootElement.Clone(), $"{Path}.{name}");
            }
        }
    }

    private void ReadVocabulary(ref Utf8JsonReader reader)
    {
        (_vocabulary, _pieces) = (null, null);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadTokens(ref reader);
                break;
            case JsonTokenType.StartArray:
                ReadPieces(ref reader);
                break;
            default:
                throw new TokenizerException("must be an object or an array", $"{Path}.vocab");
        }
    }

    private void ReadTokens(ref Utf8JsonReader reader)
    {
        _vocabulary = new VocabularyBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            ReadOnlySpan<byte> token = Text(ref reader, $"{Path}.vocab");

            // The token may lie in the scratch buffer, which the number does not touch.
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id < 0)
            {
                throw new TokenizerException("must be a whole number from 0 to 2147483647", $"{Path}.vocab['{Utf8.ToText(token)}']");
            }

            _vocabulary.Add(token, id);
        }
    }

    private void ReadPieces(ref Utf8JsonReader reader)
    {
        _pieces = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string path = $"{Path}.vocab[{_pieces.Count}]";
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                throw new TokenizerException("must be an array of a text and a number", path);
            }

            string piece = Utf8.ToText(Text(ref reader, path));
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number)
            {
                throw new TokenizerException("must be an array of a text and a number", path);
            }

            _pieces.Add((piece, JsonFloat.Parse(reader.ValueSpan) ?? throw new TokenizerException("is out of range", path)));
            if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            {
                throw new TokenizerException("must be an array of a text and a number", path);
            }
        }
    }

    private void ReadMerges(ref Utf8JsonReader reader)
    {
        _merges = new MergeListBuilder();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new TokenizerException("must be an array", $"{Path}.merges");
        }

        bool? pairs = null;
        for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            bool isPair = reader.TokenType == JsonTokenType.StartArray;
            if ((!isPair && reader.TokenType != JsonTokenType.String) || (pairs ??= isPair) != isPair)
            {
                throw new TokenizerException("must be an array of two texts, or a text with one space, like the others", $"{Path}.merges[{index}]");
            }

            if (!isPair)
            {
                AddLine(Text(ref reader, $"{Path}.merges[{index}]"), index);
                continue;
            }

            for (int part = 0; part < 2; part++)
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                {
                    throw new TokenizerException("must be an array of two texts", $"{Path}.merges[{index}]");
                }

                _merges.AddPart(Text(ref reader, $"{Path}.merges[{index}]"), last: part == 1);
            }

            if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            {
                throw new TokenizerException("must be an array of two texts", $"{Path}.merges[{index}]");
            }
        }
    }

    private readonly void AddLine(ReadOnlySpan<byte> line, int index)
    {
        if (line.StartsWith("#version"u8))
        {
            return;
        }

        int space = line.IndexOf((byte)' ');
        if (space < 0 || line[(space + 1)..].Contains((byte)' '))
        {
            throw new TokenizerException("must have one space", $"{Path}.merges[{index}]");
        }

        _merges!.AddPart(line[..space], last: false);
        _merges.AddPart(line[(space + 1)..], last: true);
    }

    /// <summary>The text that the reader stands on, unescaped. Valid until the next text.</summary>
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader, string path)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_scratch.Length < reader.ValueSpan.Length)
        {
            _scratch = new byte[Math.Max(256, reader.ValueSpan.Length * 2)];
        }

        try
        {
            return _scratch.AsSpan(0, reader.CopyString(_scratch));
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerException("has a lone surrogate", path, exception);
        }
    }

    private readonly TokenModel Build()
    {
        string? type = _members.TryGetValue("type", out JsonNode node) && node.Element.ValueKind == JsonValueKind.String ? node.AsString() : null;
        switch (type)
        {
            case "BPE":
                return Bpe();
            case "WordPiece":
                return WordPiece();
            case "WordLevel":
                return WordLevel();
            case "Unigram":
                return Unigram();
            case not null:
                throw new TokenizerException($"'{type}' is not a model that is known", $"{Path}.type");
        }

        // Without a type: whose members are there, in the reference's order.
        return _vocabulary is not null && _merges is not null ? Bpe()
            : _vocabulary is not null && _members.ContainsKey("max_input_chars_per_word") && _members.ContainsKey("continuing_subword_prefix") ? WordPiece()
            : _vocabulary is not null && _members.ContainsKey("unk_token") ? WordLevel()
            : _pieces is not null ? Unigram()
            : throw new TokenizerException("is not a model that is known", Path);
    }

    private readonly JsonNode? Optional(string name) => _members.TryGetValue(name, out JsonNode node) && !node.IsNull ? node : null;

    private readonly JsonNode Required(string name) =>
        _members.TryGetValue(name, out JsonNode node) ? node : throw new TokenizerException($"has no '{name}'", Path);

    private readonly Vocabulary Tokens() => (_vocabulary ?? throw new TokenizerException("has no 'vocab' that is an object", Path)).Build();

    private readonly BpeModel Bpe()
    {
        MergeListBuilder merges = _merges ?? throw new TokenizerException("has no 'merges'", Path);
        double? dropout = Optional("dropout")?.AsNumber();
        if (dropout is not (null or (>= 0 and <= 1)))
        {
            throw new TokenizerException("must be from 0 to 1", $"{Path}.dropout");
        }

        BpeOptions options = new()
        {
            Dropout = dropout,
            UnknownToken = Optional("unk_token")?.AsString(),
            ContinuingSubwordPrefix = Optional("continuing_subword_prefix")?.AsString(),
            EndOfWordSuffix = Optional("end_of_word_suffix")?.AsString(),
            FuseUnknown = Optional("fuse_unk")?.AsBoolean() ?? false,
            ByteFallback = Optional("byte_fallback")?.AsBoolean() ?? false,
            IgnoreMerges = Optional("ignore_merges")?.AsBoolean() ?? false,
        };
        Vocabulary vocabulary = Tokens();
        int prefix = System.Text.Encoding.UTF8.GetByteCount(options.ContinuingSubwordPrefix ?? "");
        return new BpeModel(vocabulary, merges.Build(vocabulary, prefix, $"{Path}.merges"), options);
    }

    private readonly WordPieceModel WordPiece() => new(
        Tokens(),
        Required("unk_token").AsString(),
        Required("continuing_subword_prefix").AsString(),
        Required("max_input_chars_per_word").AsCount());

    private readonly WordLevelModel WordLevel() => new(Tokens(), Required("unk_token").AsString());

    private readonly UnigramModel Unigram()
    {
        List<(string Piece, double Score)> pieces = _pieces ?? throw new TokenizerException("has no 'vocab' that is an array", Path);
        int unknown = Optional("unk_id")?.AsCount() ?? -1;
        if (unknown >= pieces.Count)
        {
            throw new TokenizerException($"must be less than the {pieces.Count} pieces of the vocabulary", $"{Path}.unk_id");
        }

        VocabularyBuilder builder = new();
        for (int id = 0; id < pieces.Count; id++)
        {
            builder.Add(System.Text.Encoding.UTF8.GetBytes(pieces[id].Piece), id);
        }

        bool byteFallback = _members.TryGetValue("byte_fallback", out JsonNode node) && node.AsBoolean();
        return new UnigramModel(builder.Build(), [.. pieces], unknown, byteFallback);
    }
}
