using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Pretrained;
using Snug.TestKit;
using Snug.Tokenizers;

namespace Snug.AI.Tests;

/// <summary>What every chat client does, asked of the one whose model runs here.</summary>
public sealed class LocalBehaviourTests(RandomModelFixture fixture) : ChatClientBehaviour, IClassFixture<RandomModelFixture>, IDisposable
{
    private const string Begun = "<tool_call>\n";

    private readonly ConcurrentQueue<string> _asked = new();
    private TemporaryFolder? _encoder;

    protected override string ProviderName => LocalChatClient.ProviderName;

    protected override string ModelName => fixture.Name;

    protected override IReadOnlyList<string> Asked => [.. _asked];

    protected override Uri? Address => null;

    protected override Task<IChatClient> CreateAsync(params ScriptedReply[] replies) => Task.FromResult<IChatClient>(new LocalChatClient(
        fixture.Model, new LocalChatClientOptions { Generation = new GenerationOptions { Processors = [new Replies(fixture.Model.Tokenizer, replies, _asked)] } }));

    protected override Task<IEmbeddingGenerator<string, Embedding<float>>> CreateEmbeddingsAsync()
    {
        _encoder = new TemporaryFolder();
        SentenceEncoder encoder = SentenceEncoder.FromDirectory(TinyEncoder.Write(_encoder), new() { Threads = 1 });
        return Task.FromResult<IEmbeddingGenerator<string, Embedding<float>>>(new LocalEmbeddingGenerator(encoder, ownsEncoder: true));
    }

    protected override string? FormOf(DataContent attachment) => null;

    protected override bool OffersTools(string request) => request.Contains("Tools: ", StringComparison.Ordinal);

    /// <summary>The answer was begun as a call; where one function is demanded, it alone is offered.</summary>
    protected override bool IsDemanded(string request, string? function) => request.EndsWith(Begun, StringComparison.Ordinal)
        && (function is null || (request.Contains($"\"{function}\"", StringComparison.Ordinal) && request.Split("\"function\": {").Length == 2));

    /// <summary>Calls that are demanded satisfy their schemas in any case, and templates have no word for it.</summary>
    protected override void CheckStrictness(string request, bool isStrict) => Assert.DoesNotContain("strict", request, StringComparison.Ordinal);

    /// <summary>The format is in no prompt: it is kept although the scripted model would rather chat.</summary>
    protected override void CheckFormat(string request, bool hasSchema) => Assert.DoesNotContain("response_format", request, StringComparison.Ordinal);

    public void Dispose() => _encoder?.Dispose();

    /// <summary>Has the model say one reply a request, as its family writes it. Where it is to be JSON, it would rather begin with something else.</summary>
    private sealed class Replies(Tokenizer tokenizer, ScriptedReply[] replies, ConcurrentQueue<string> asked) : ILogitsProcessor
    {
        private int _requests;

        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
        {
            int said = tokens.Length - promptLength;
            string prompt = tokenizer.Decode(tokens[..promptLength], skipSpecialTokens: false);
            if (said == 0)
            {
                asked.Enqueue(prompt);
            }

            int request = said == 0 ? Interlocked.Increment(ref _requests) : Volatile.Read(ref _requests);
            ScriptedReply reply = replies[Math.Min(request, replies.Length) - 1];
            string text = (reply.Reasoning is null ? "" : $"<think>{reply.Reasoning}</think>\n\n") + string.Concat(reply.Text)
                + string.Join('\n', reply.Calls.Select(call => $"{Begun}{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments}}}\n</tool_call>"));
            if (prompt.EndsWith(Begun, StringComparison.Ordinal))
            {
                text = text[Begun.Length..text.IndexOf("\n</tool_call>", StringComparison.Ordinal)];
            }

            int[] script = [.. tokenizer.EncodeToIds(text, addSpecialTokens: false), .. reply.IsCut ? Array.Empty<int>() : [tokenizer.TokenToId(RandomModel.End)!.Value]];
            logits.Fill(float.NegativeInfinity);
            logits[script[Math.Min(said, script.Length - 1)]] = 0;
            if (said == 0 && text.StartsWith('{'))
            {
                logits[tokenizer.TokenToId("S")!.Value] = 1;
            }
        }
    }
}
