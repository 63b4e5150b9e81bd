namespace Snug.Tokenizers.Conformance;

/// <summary>Tells what differs between an encoding of ours and one of the reference.</summary>
internal static class Comparison
{
    /// <summary>What differs first, with both sides; null when nothing does.</summary>
    public static string? Difference(Encoding ours, ReferenceEncoding theirs)
    {
        string? difference = DifferenceOfPart(ours, theirs);
        if (difference is not null)
        {
            return difference;
        }

        if (ours.Overflowing.Count != theirs.Overflowing.Length)
        {
            return $"overflowing parts: ours {ours.Overflowing.Count}, reference {theirs.Overflowing.Length}";
        }

        for (int i = 0; i < theirs.Overflowing.Length; i++)
        {
            if (DifferenceOfPart(ours.Overflowing[i], theirs.Overflowing[i]) is { } inner)
            {
                return $"overflowing part {i}: {inner}";
            }
        }

        return null;
    }

    private static string? DifferenceOfPart(Encoding ours, ReferenceEncoding theirs) =>
        Compare("ids", ours.Ids, theirs.Ids, ours.Tokens)
        ?? Compare("tokens", ours.Tokens, theirs.Tokens, ours.Tokens)
        ?? Compare("offsets", ours.CodePointOffsets, theirs.Offsets, ours.Tokens)
        ?? Compare("type ids", ours.TypeIds, theirs.Types, ours.Tokens)
        ?? Compare("attention mask", ours.AttentionMask, theirs.Attention, ours.Tokens)
        ?? Compare("special tokens mask", ours.SpecialTokensMask, theirs.Special, ours.Tokens)
        ?? Compare("word ids", ours.WordIds, theirs.Words, ours.Tokens)
        ?? Compare("sequence ids", ours.SequenceIds, theirs.Sequences, ours.Tokens);

    private static string? Compare<T>(string what, ReadOnlySpan<T> ours, ReadOnlySpan<T> theirs, ReadOnlySpan<string> tokens)
    {
        if (ours.SequenceEqual(theirs))
        {
            return null;
        }

        int at = ours.CommonPrefixLength(theirs);
        return $"{what} differ at {at} ({(at < tokens.Length ? tokens[at] : "end")}): ours {Show(ours, at)}, reference {Show(theirs, at)}";
    }

    private static string Show<T>(ReadOnlySpan<T> values, int around)
    {
        int start = Math.Max(0, around - 2);
        int end = Math.Min(values.Length, around + 6);
        return $"[{(start > 0 ? "… " : "")}{string.Join(' ', values[start..end].ToArray().Select(value => value is OffsetRange o ? $"{o.Start}-{o.End}" : value?.ToString() ?? "null"))}{(end < values.Length ? " …" : "")}] ({values.Length})";
    }
}
