using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>One run of generation: reads the prompt, then chooses and reads tokens in turn, or several at once where the text repeats itself.</summary>
internal sealed class Generator
{
    private readonly InferenceSession _session;
    private readonly TokenChooser _chooser;
    private readonly List<int> _tokens;
    private readonly int _promptLength;
    private readonly int _ngram;
    private readonly int[] _draft;
    private readonly float[] _draftLogits;
    private readonly Queue<GeneratedToken> _verified;

    public Generator(InferenceSession session, ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        _session = session;
        _chooser = new TokenChooser(session.Model, options, prompt);
        _promptLength = prompt.Length;
        _ngram = options.PromptLookupNgram ?? GenerationOptions.DefaultPromptLookupNgram;
        int draft = Math.Min(options.PromptLookupTokens ?? 0, session.Model.ChunkLength - 1);
        _draft = new int[draft == 0 ? 0 : draft + 1];
        _draftLogits = new float[(long)_draft.Length * session.Model.Configuration.VocabularySize];
        _verified = new Queue<GeneratedToken>(_draft.Length);
        _tokens = new List<int>(_chooser.Capacity + _draft.Length);
        _tokens.AddRange(prompt);
    }

    /// <summary>The next token; the first call reads the prompt.</summary>
    public GeneratedToken Next(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_verified.TryDequeue(out GeneratedToken verified))
        {
            return verified;
        }

        int drafted = _tokens.Count == _promptLength ? 0 : FindDraft();
        if (drafted > 0)
        {
            Verify(drafted);
            return _verified.Dequeue();
        }

        if (_tokens.Count == _promptLength)
        {
            _session.ReadFromStart(CollectionsMarshal.AsSpan(_tokens), cancellationToken);
        }
        else
        {
            _session.Read(_tokens[^1]);
        }

        return Choose(_session.Logits);
    }

    private GeneratedToken Choose(ReadOnlySpan<float> logits)
    {
        GeneratedToken token = _chooser.Next(logits, CollectionsMarshal.AsSpan(_tokens));
        _tokens.Add(token.Id);
        return token;
    }

    /// <summary>Puts the last token and what followed the same tokens before into the draft; returns how many are guessed.</summary>
    private int FindDraft()
    {
        if (_draft.Length == 0)
        {
            return 0;
        }

        ReadOnlySpan<int> guess = PromptLookup.Find(CollectionsMarshal.AsSpan(_tokens), _ngram, _draft.Length - 1);
        guess = guess[..Math.Min(guess.Length, _session.FreeForDraft - 1)];
        _draft[0] = _tokens[^1];
        guess.CopyTo(_draft.AsSpan(1));
        return guess.Length;
    }

    /// <summary>
    /// Reads the draft in one pass, and chooses after each of its tokens as if they had been read one by one. The first choice that is
    /// another than the guess makes the rest of the draft void.
    /// </summary>
    private void Verify(int guessed)
    {
        int vocabulary = _session.Model.Configuration.VocabularySize;
        int before = _session.Tokens.Count;
        _session.ReadAll(_draft.AsSpan(0, guessed + 1), _draftLogits.AsSpan(0, (guessed + 1) * vocabulary));
        int kept = 0;
        GeneratedToken token;
        do
        {
            token = Choose(_draftLogits.AsSpan(kept * vocabulary, vocabulary));
            _verified.Enqueue(token);
            kept++;
        }
        while (kept <= guessed && token.Finish is null && token.Id == _draft[kept]);
        _session.Rewind(before + kept, _draftLogits.AsSpan((kept - 1) * vocabulary, vocabulary));
    }
}
