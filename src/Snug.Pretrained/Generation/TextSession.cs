using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>
/// Text in and text out over one <see cref="InferenceSession"/>, which remembers what it has read. Not for use by several threads at once;
/// each conversation has its own.
/// </summary>
public sealed class TextSession : IDisposable
{
    /// <summary>So many tokens of the prompt tell how the text after it is written: whether a space stands before it, and which bytes are pending.</summary>
    private const int DecodingContext = 16;

    private readonly PretrainedModel _model;
    private readonly OnDemand<InferenceSession> _session;

    internal TextSession(PretrainedModel model)
    {
        _model = model;
        _session = new(() => model.Model.CreateSession());
    }

    /// <summary>Goes on with a text.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="options">How tokens are chosen and when to stop, over what the model's files say.</param>
    /// <param name="cancellationToken">Is looked at between tokens, and between parts of the prompt; the session can be used on.</param>
    /// <returns>Pieces as they become certain; the last says why it is the last, and what it cost.</returns>
    /// <exception cref="PromptTooLongException">The prompt does not fit.</exception>
    /// <exception cref="ArgumentException">The prompt is empty and the tokenizer adds no token; or an option is out of its range.</exception>
    /// <exception cref="ModelFormatException">The model cannot be loaded, or the tokenizer is not the model's.</exception>
    public IAsyncEnumerable<TextChunk> GenerateAsync(
        string prompt, TextGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        options ??= new TextGenerationOptions();
        return RunAsync(() => _model.Tokenizer.EncodeToIds(prompt, options.AddSpecialTokens), continues: true, options, cancellationToken);
    }

    /// <summary>Answers a conversation by the chat template.</summary>
    /// <param name="messages">The conversation so far; what the session has read of it is not computed again.</param>
    /// <param name="options">How tokens are chosen and when to stop, over what the model's files say.</param>
    /// <param name="cancellationToken">Is looked at between tokens, and between parts of the prompt; the session can be used on.</param>
    /// <returns>Pieces as they become certain; the last says why it is the last, and what it cost.</returns>
    /// <exception cref="TokenizerException">The model has no chat template.</exception>
    /// <exception cref="TemplateException">The template is wrong, refuses, or cannot be rendered with these messages.</exception>
    /// <exception cref="PromptTooLongException">The conversation does not fit.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="ModelFormatException">The model cannot be loaded, or the tokenizer is not the model's.</exception>
    public IAsyncEnumerable<TextChunk> ChatAsync(
        IReadOnlyList<ChatTemplateMessage> messages, TextGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new TextGenerationOptions();
        ChatTemplateOptions chat = options.Chat ?? new ChatTemplateOptions { AddGenerationPrompt = true };
        return RunAsync(
            () => _model.Tokenizer.EncodeToIds(_model.Tokenizer.ApplyChatTemplate(messages, chat).Text, addSpecialTokens: false),
            chat.ContinueFinalMessage, options, cancellationToken);
    }

    /// <summary>Answers a conversation that was written and encoded before.</summary>
    /// <param name="prompt">Tokens of the whole conversation; what the session has read of them is not computed again.</param>
    /// <param name="options">How tokens are chosen and when to stop, over what the model's files say.</param>
    /// <param name="cancellationToken">Is looked at between tokens, and between parts of the prompt; the session can be used on.</param>
    /// <returns>Pieces as they become certain; the last says why it is the last, and what it cost.</returns>
    /// <exception cref="PromptTooLongException">The conversation does not fit.</exception>
    /// <exception cref="ArgumentException">There are no tokens, or an option is out of its range.</exception>
    /// <exception cref="ModelFormatException">The model cannot be loaded, or the tokenizer is not the model's.</exception>
    public IAsyncEnumerable<TextChunk> AnswerAsync(
        int[] prompt, TextGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return RunAsync(() => prompt, continues: false, options ?? new TextGenerationOptions(), cancellationToken);
    }

    /// <summary>Number of tokens that the session has read.</summary>
    public int Length => _session.Value.Tokens.Count;

    /// <summary>How many tokens at the start of a prompt the session has read, and need not be computed again.</summary>
    /// <param name="prompt">Tokens of the whole prompt.</param>
    public int CountKnown(ReadOnlySpan<int> prompt)
    {
        IReadOnlyList<int> known = _session.Value.Tokens;
        int count = 0;
        while (count < prompt.Length - 1 && count < known.Count && known[count] == prompt[count])
        {
            count++;
        }

        return count;
    }

    /// <summary>Frees what the session has read.</summary>
    public void Dispose() => _session.Dispose();

    private async IAsyncEnumerable<TextChunk> RunAsync(
        Func<int[]> encode, bool continues, TextGenerationOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        int[] prompt = await Task.Run(() => Check(encode()), cancellationToken).ConfigureAwait(false);
        InferenceSession session = _session.Value;
        int reused = CountKnown(prompt);
        bool shows = options.SkipSpecialTokens && !options.ShownSpecialTokens.IsEmpty;
        DecodeStream decoder = _model.Tokenizer.CreateDecodeStream(options.SkipSpecialTokens && !shows);
        if (continues)
        {
            foreach (int id in prompt.AsSpan(Math.Max(0, prompt.Length - DecodingContext)))
            {
                decoder.Step(id);
            }
        }

        StopStringScanner scanner = new(options.StopStrings.IsDefault ? [] : options.StopStrings);
        GenerationOptions generation = _model.Resolve(options.Generation);
        using ConstrainedOutput? constrained = options.Constraint is { } constraint ? Start(constraint, generation, prompt.Length) : null;
        if (constrained is not null)
        {
            generation = generation with { Processors = [.. generation.Processors.IsDefault ? [] : generation.Processors, constrained] };
        }

        List<int> followed = [];
        int generated = 0;
        TimeSpan first = TimeSpan.Zero;
        await foreach (GeneratedToken token in session.GenerateAsync(prompt, generation, cancellationToken).ConfigureAwait(false))
        {
            first = generated++ == 0 ? TimeProvider.System.GetElapsedTime(start) : first;
            bool isText = token.Finish is not (FinishReason.EndToken or FinishReason.StopToken) && !(shows && IsHidden(token.Id, options));
            string text = isText && decoder.Step(token.Id) is { } piece ? scanner.Push(piece) : "";
            TextFinish? finish = scanner.Found is null ? Map(token.Finish) : TextFinish.StopString;
            followed.Add(token.Id);
            if (constrained is not null && (constrained.Follow(CollectionsMarshal.AsSpan(followed)) || (finish is TextFinish.Length or TextFinish.ContextFull && constrained.IsComplete)))
            {
                finish = TextFinish.EndToken;
            }

            if (finish is null)
            {
                if (text.Length > 0)
                {
                    yield return new TextChunk(text);
                }

                continue;
            }

            yield return new TextChunk(scanner.Found is null ? text + scanner.Flush() : text)
            {
                Finish = finish,
                StopString = scanner.Found,
                Usage = new GenerationUsage(prompt.Length, reused, generated, first, TimeProvider.System.GetElapsedTime(start) - first),
            };
            yield break;
        }
    }

    private ConstrainedOutput Start(OutputConstraint constraint, GenerationOptions generation, int promptLength)
    {
        int most = Math.Min(generation.MaxNewTokens ?? GenerationOptions.DefaultMaxNewTokens, _model.Model.ContextLength + 1 - promptLength);
        return constraint.Start(_model.ConstraintVocabulary, (generation.EndTokens ?? _model.Model.Configuration.EndTokens).AsSpan(), most);
    }

    private bool IsHidden(int token, TextGenerationOptions options) =>
        _model.Tokenizer.AddedTokens.TryGetValue(token, out AddedToken? added) && added.Special && !options.ShownSpecialTokens.Contains(token);

    private int[] Check(int[] prompt)
    {
        CausalModel model = _model.Model;
        if (prompt.Length == 0)
        {
            throw new ArgumentException("The prompt is empty, and the tokenizer puts no token before it.", nameof(prompt));
        }

        if (prompt.Length > model.ContextLength)
        {
            throw new PromptTooLongException(prompt.Length, model.ContextLength);
        }

        int largest = prompt.Max();
        return largest < model.Configuration.VocabularySize
            ? prompt
            : throw new ModelFormatException(
                $"The tokenizer is not that of the model: it gives token {largest}, and the model knows {model.Configuration.VocabularySize}.", _model.Source.Path);
    }

    private static TextFinish? Map(FinishReason? reason) => reason switch
    {
        null => null,
        FinishReason.EndToken => TextFinish.EndToken,
        FinishReason.StopToken => TextFinish.StopToken,
        FinishReason.Length => TextFinish.Length,
        _ => TextFinish.ContextFull,
    };
}
