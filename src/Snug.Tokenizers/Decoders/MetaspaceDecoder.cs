using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Turns the visible character back into spaces; in the first token it is dropped, unless spaces are never prepended.</summary>
internal sealed class MetaspaceDecoder : Decoder
{
    private readonly MetaspaceOptions _options;
    private readonly string _replacement;

    public MetaspaceDecoder(MetaspaceOptions options)
    {
        _options = options;
        _replacement = char.ConvertFromUtf32(options.Replacement);
    }

    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            bool drop = i == 0 && _options.Scheme != PrependScheme.Never;
            tokens[i] = tokens[i].Replace(_replacement, drop ? "" : " ", StringComparison.Ordinal);
        }
    }

    public override void Write(Utf8JsonWriter writer) => _options.Write(writer);
}
