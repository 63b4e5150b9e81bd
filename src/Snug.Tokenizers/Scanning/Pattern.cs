namespace Snug.Tokenizers;

/// <summary>A regular expression of a tokenizer file. Safe for use by many threads.</summary>
internal sealed class Pattern : TextMatcher
{
    private readonly PatternProgram _program;

    public Pattern(string source)
    {
        Source = source;
        _program = PatternCompiler.Compile(PatternParser.Parse(source));
    }

    public string Source { get; }

    protected override bool Find(ReadOnlySpan<byte> text, int from, out int start, out int end) =>
        PatternMatcher.OfThread.Find(_program, text, from, out start, out end);
}
