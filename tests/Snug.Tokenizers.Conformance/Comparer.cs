namespace Snug.Tokenizers.Conformance;

/// <summary>Compares a tokenizer with the reference on texts: encodings, and what they decode to.</summary>
internal sealed class Comparer(string name, Tokenizer tokenizer, ReferenceEngine engine)
{
    private const int BatchSize = 200;

    public List<Mismatch> Mismatches { get; } = [];

    public long Compared { get; private set; }

    /// <summary>Compares; the reference must have the same tokenizer loaded.</summary>
    public async Task RunAsync(IEnumerable<(string Text, string? Pair)> texts, bool special, bool shrink = true)
    {
        foreach ((string Text, string? Pair)[] batch in texts.Chunk(BatchSize))
        {
            List<ReferenceEncoding> theirs = await engine.EncodeAsync(batch, special);
            for (int i = 0; i < batch.Length; i++)
            {
                Compared++;
                if (Difference(batch[i], theirs[i], special) is { } difference)
                {
                    (string Text, string? Pair) text = batch[i];
                    if (shrink && text.Pair is null)
                    {
                        (text.Text, difference) = await ShrinkAsync(text.Text, special, difference);
                    }

                    Mismatches.Add(new Mismatch(name, text.Text, text.Pair, special, difference));
                }
            }

            await CompareDecodedAsync(theirs, special);
        }
    }

    private string? Difference((string Text, string? Pair) text, ReferenceEncoding theirs, bool special)
    {
        try
        {
            Encoding ours = tokenizer.Encode(text.Text, text.Pair, special);
            return theirs.Error is { } error ? $"the reference fails: {error}" : Comparison.Difference(ours, theirs);
        }
        catch (TokenizerException exception)
        {
            return theirs.Error is null ? $"we fail: {exception.Message}" : null;
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentException or InvalidOperationException or NullReferenceException)
        {
            return $"we crash: {exception}";
        }
    }

    private async Task CompareDecodedAsync(List<ReferenceEncoding> encodings, bool special)
    {
        foreach (bool skip in (bool[])[true, false])
        {
            List<string?> theirs = await engine.DecodeAsync(encodings.Select(encoding => encoding.Ids), skip);
            for (int i = 0; i < theirs.Count; i++)
            {
                string ours = tokenizer.Decode(encodings[i].Ids, skip);
                if (theirs[i] is not null && ours != theirs[i])
                {
                    Mismatches.Add(new Mismatch(name, string.Join(' ', encodings[i].Ids), null, special, $"decoded ({(skip ? "without" : "with")} special): ours {ReferenceEngine.Quote(ours)}, reference {ReferenceEngine.Quote(theirs[i]!)}"));
                }
            }
        }
    }

    /// <summary>Takes characters away as long as something still differs.</summary>
    private async Task<(string Text, string Difference)> ShrinkAsync(string text, bool special, string difference)
    {
        for (int size = Math.Max(1, text.Length / 2); ; size /= 2)
        {
            for (int at = 0; at + size <= text.Length;)
            {
                string shorter = text.Remove(at, size);
                ReferenceEncoding theirs = (await engine.EncodeAsync([(shorter, null)], special))[0];
                if (Difference((shorter, null), theirs, special) is { } still)
                {
                    (text, difference) = (shorter, still);
                }
                else
                {
                    at += size;
                }
            }

            if (size <= 1)
            {
                return (text, difference);
            }
        }
    }
}
