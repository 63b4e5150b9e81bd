namespace Snug.Tokenizers.Conformance;

/// <summary>Compares a tokenizer with the reference on texts: encodings, and what they decode to.</summary>
internal sealed class Comparer(string name, Tokenizer tokenizer, ReferenceEngine engine)
{
    private const int BatchSize = 200;

    public List<Mismatch> Mismatches { get; } = [];

    public long Compared { get; private set; }

    /// <summary>Compares; the reference must have the same tokenizer loaded. It works on its part while we do ours.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="special">Whether special tokens are added.</param>
    /// <param name="decode">Whether what the numbers decode to is compared, too.</param>
    public async Task RunAsync(IEnumerable<(string Text, string? Pair)> texts, bool special, bool decode = true)
    {
        foreach ((string Text, string? Pair)[] batch in texts.Chunk(BatchSize))
        {
            Task<List<ReferenceEncoding>> encoding = engine.EncodeAsync(batch, special);
            Outcome[] ours = [.. batch.Select(text => Encode(text, special))];
            List<ReferenceEncoding> theirs = await encoding;
            Task<(List<string?> Skipping, List<string?> Whole)> decoding = decode ? DecodeAsync(theirs) : Task.FromResult<(List<string?>, List<string?>)>(([], []));
            List<int> differing = [];
            for (int i = 0; i < batch.Length; i++)
            {
                Compared++;
                if (Difference(ours[i], theirs[i]) is not null)
                {
                    differing.Add(i);
                }
            }

            if (decode)
            {
                List<string> skipping = [.. theirs.Select(part => tokenizer.Decode(part.Ids, skipSpecialTokens: true))];
                List<string> whole = [.. theirs.Select(part => tokenizer.Decode(part.Ids, skipSpecialTokens: false))];
                (List<string?> theirSkipping, List<string?> theirWhole) = await decoding;
                CompareDecoded(theirs, skipping, theirSkipping, special, "without special");
                CompareDecoded(theirs, whole, theirWhole, special, "with special");
            }

            foreach (int i in differing)
            {
                (string text, string? pair) = batch[i];
                string difference = Difference(ours[i], theirs[i])!;
                if (pair is null)
                {
                    (text, difference) = await ShrinkAsync(text, special, difference);
                }

                Mismatches.Add(new Mismatch(name, text, pair, special, difference));
            }
        }
    }

    private static string? Difference(Outcome ours, ReferenceEncoding theirs)
    {
        if (ours.Crash is not null)
        {
            return $"we crash: {ours.Crash}";
        }

        if (ours.Refusal is not null)
        {
            return theirs.Error is null ? $"we fail: {ours.Refusal}" : null;
        }

        return theirs.Error is { } error ? $"the reference fails: {error}" : Comparison.Difference(ours.Encoding!, theirs);
    }

    private Outcome Encode((string Text, string? Pair) text, bool special)
    {
        try
        {
            return new Outcome(tokenizer.Encode(text.Text, text.Pair, special), null, null);
        }
        catch (TokenizerException exception)
        {
            return new Outcome(null, exception.Message, null);
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentException or InvalidOperationException or NullReferenceException)
        {
            return new Outcome(null, null, exception.ToString());
        }
    }

    private async Task<(List<string?> Skipping, List<string?> Whole)> DecodeAsync(List<ReferenceEncoding> encodings)
    {
        List<int[]> ids = [.. encodings.Select(encoding => encoding.Ids)];
        List<string?> skipping = await engine.DecodeAsync(ids, skip: true);
        return (skipping, await engine.DecodeAsync(ids, skip: false));
    }

    private void CompareDecoded(List<ReferenceEncoding> encodings, List<string> ours, List<string?> theirs, bool special, string how)
    {
        for (int i = 0; i < theirs.Count; i++)
        {
            if (theirs[i] is not null && ours[i] != theirs[i])
            {
                Mismatches.Add(new Mismatch(name, string.Join(' ', encodings[i].Ids), null, special, $"decoded ({how}): ours {ReferenceEngine.Quote(ours[i])}, reference {ReferenceEngine.Quote(theirs[i]!)}"));
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
                if (Difference(Encode((shorter, null), special), theirs) is { } still)
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

    /// <summary>What became of a text with us: an encoding, a refusal, or what should not happen.</summary>
    private readonly record struct Outcome(Encoding? Encoding, string? Refusal, string? Crash);
}
