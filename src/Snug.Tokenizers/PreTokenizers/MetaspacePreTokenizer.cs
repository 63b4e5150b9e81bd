using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Writes spaces as a visible character and begins a piece with each.</summary>
internal sealed class MetaspacePreTokenizer : PreTokenizer
{
    private static readonly LiteralMatcher Space = new(" ");

    private readonly MetaspaceOptions _options;
    private readonly byte[] _replacement;
    private readonly LiteralMatcher _matcher;

    public MetaspacePreTokenizer(MetaspaceOptions options)
    {
        _options = options;
        _replacement = Utf8.Bytes(options.Replacement);
        _matcher = new LiteralMatcher(char.ConvertFromUtf32(options.Replacement));
    }

    public override void PreTokenize(PreTokenizedText text)
    {
        text.Transform((Self: this, text.Matches), static (piece, state) =>
        {
            if (piece.Text.Contains((byte)' '))
            {
                Space.FindAll(piece.Text, state.Matches);
                piece.Replace(state.Matches, state.Self._replacement);
            }

            state.Self.Prepend(piece);
        });
        if (_options.Split)
        {
            text.Split(_matcher, SplitBehavior.MergedWithNext);
        }
    }

    public override void Write(Utf8JsonWriter writer) => _options.Write(writer);

    private void Prepend(AlignedText piece)
    {
        bool wanted = _options.Scheme == PrependScheme.Always || (_options.Scheme == PrependScheme.First && piece.OriginalStart == 0);
        if (wanted && !piece.Text.StartsWith(_replacement))
        {
            piece.Prepend(_replacement);
        }
    }
}
