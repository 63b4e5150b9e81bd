namespace Snug.Tokenizers;

/// <summary>The sets of characters that the reference's components use, each at that component's Unicode level.</summary>
internal static class CharacterSets
{
    private static CodePointSet? _whiteSpace;
    private static CodePointSet? _numeric;
    private static CodePointSet? _word;
    private static CodePointSet? _punctuation;
    private static CodePointSet? _bertRemoved;
    private static CodePointSet? _nonSpacing;
    private static CodePointSet? _combining;
    private static CodePointSequences? _lowercase;
    private static CodePointClasses? _scripts;

    public static CodePointSet WhiteSpace => _whiteSpace ??= Set(RustTable.WhiteSpace);

    public static CodePointSet Numeric => _numeric ??= Set(RustTable.Numeric);

    /// <summary>The class \w of the crate that the Whitespace pre-tokenizer and single-word tokens use.</summary>
    public static CodePointSet Word => _word ??= Set(RustTable.Word);

    public static CodePointSet Punctuation => _punctuation ??= Set(BertTable.Punctuation);

    public static CodePointSet BertRemoved => _bertRemoved ??= Set(BertTable.Removed);

    public static CodePointSet NonSpacing => _nonSpacing ??= Set(BertTable.NonSpacing);

    public static CodePointSet Combining => _combining ??= Set(BertTable.Combining);

    public static CodePointSequences Lowercase => _lowercase ??= new CodePointSequences(RustTable.Lowercase);

    public static CodePointClasses Scripts => _scripts ??= new CodePointClasses(ScriptTable.Runs, 8);

    private static CodePointSet Set(ReadOnlySpan<int> bounds) => new(CodePointRanges.From(bounds));
}
