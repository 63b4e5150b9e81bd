using Microsoft.Extensions.AI;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.AI.Tests;

public sealed class LocalBehaviourTests(RandomModelFixture fixture) : ChatClientBehaviour, IClassFixture<RandomModelFixture>
{
    protected override string ProviderName => LocalChatClient.ProviderName;

    protected override string ModelName => fixture.Name;

    protected override Task<IChatClient> CreateAsync(params ScriptedReply[] replies) => Task.FromResult<IChatClient>(new LocalChatClient(
        fixture.Model, new LocalChatClientOptions { Generation = new GenerationOptions { Processors = [new Replies(fixture.Model.Tokenizer, replies)] } }));

    /// <summary>Has the model say one reply a request, as its family writes it.</summary>
    private sealed class Replies(Tokenizer tokenizer, ScriptedReply[] replies) : ILogitsProcessor
    {
        private const string Begun = "<tool_call>\n";
        private const int Tail = 8;
        private int _requests;

        public void Process(ReadOnlySpan<int> tokens, int promptLength, Span<float> logits)
        {
            int said = tokens.Length - promptLength;
            int request = said == 0 ? Interlocked.Increment(ref _requests) : Volatile.Read(ref _requests);
            ScriptedReply reply = replies[Math.Min(request, replies.Length) - 1];
            string text = (reply.Reasoning is null ? "" : $"<think>{reply.Reasoning}</think>\n\n") + string.Concat(reply.Text)
                + string.Join('\n', reply.Calls.Select(call => $"{Begun}{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments}}}\n</tool_call>"));
            if (tokenizer.Decode(tokens[Math.Max(0, promptLength - Tail)..promptLength], skipSpecialTokens: false).EndsWith(Begun, StringComparison.Ordinal))
            {
                text = text[Begun.Length..text.IndexOf("\n</tool_call>", StringComparison.Ordinal)];
            }

            int[] script = [.. tokenizer.EncodeToIds(text, addSpecialTokens: false), .. reply.IsCut ? Array.Empty<int>() : [tokenizer.TokenToId(RandomModel.End)!.Value]];
            logits.Fill(float.NegativeInfinity);
            logits[script[Math.Min(said, script.Length - 1)]] = 0;
        }
    }
}
