namespace Snug.Tokenizers.Conformance;

/// <summary>A text on which we and the reference differ.</summary>
internal sealed record Mismatch(string Tokenizer, string Text, string? Pair, bool Special, string Difference)
{
    public override string ToString() =>
        $"{Tokenizer} ({(Special ? "with" : "without")} special tokens): {ReferenceEngine.Quote(Text)}{(Pair is null ? "" : $" + {ReferenceEngine.Quote(Pair)}")}\n    {Difference}";
}
