namespace Snug.Inference;

/// <summary>Guesses what follows from what followed the same tokens before: texts often repeat names, code and phrases of the prompt.</summary>
internal static class PromptLookup
{
    /// <summary>
    /// What followed the last place where the sequence has the tokens that it ends with, if as much followed as is wanted; else what followed
    /// the first such place, which is the most.
    /// </summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="ngram">How many tokens are compared at most; fewer are tried when that many are not found.</param>
    /// <param name="most">How many tokens are returned at most.</param>
    public static ReadOnlySpan<int> Find(ReadOnlySpan<int> tokens, int ngram, int most)
    {
        for (int length = Math.Min(ngram, tokens.Length - 1); length > 0; length--)
        {
            ReadOnlySpan<int> end = tokens[^length..];
            int found = tokens[..^Math.Min(most, tokens.Length)].LastIndexOf(end);

            // The end itself does not count, so the last of the tokens that are searched is left out.
            found = found >= 0 ? found : tokens[..^1].IndexOf(end);
            if (found >= 0)
            {
                ReadOnlySpan<int> following = tokens[(found + length)..];
                return following[..Math.Min(following.Length, most)];
            }
        }

        return [];
    }
}
