using Microsoft.Extensions.AI;

namespace Snug.AI.Tests;

/// <summary>Chooses the tools of a request.</summary>
internal delegate Task<IList<AITool>> ToolChoice(IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken);

/// <summary>Offers only those tools that a choice leaves.</summary>
internal sealed class ToolSelection(IChatClient inner, ToolChoice choice) : DelegatingChatClient(inner)
{
    /// <summary>
    /// Those whose descriptions are nearest to what is asked, by the cosine of their vectors; one that is demanded comes first and takes none of the places.
    /// </summary>
    /// <param name="embeddings">Makes the vectors.</param>
    /// <param name="limit">Most tools.</param>
    /// <param name="asked">The texts that tell what is asked; the best match of any counts.</param>
    public static ToolChoice Nearest(
        IEmbeddingGenerator<string, Embedding<float>> embeddings, int limit, Func<IReadOnlyList<ChatMessage>, Task<string[]>> asked) => async (messages, options, cancellationToken) =>
        {
            AITool[] tools = [.. options.Tools!];
            string[] texts = await asked(messages);
            GeneratedEmbeddings<Embedding<float>> vectors = await embeddings.GenerateAsync([.. tools.Select(tool => tool.Description), .. texts], cancellationToken: cancellationToken);
            float Likeness(int tool) => Enumerable.Range(tools.Length, texts.Length)
                .Max(text => Cosine(vectors[tool].Vector.ToArray(), vectors[text].Vector.ToArray()));
            string? demanded = (options.ToolMode as RequiredChatToolMode)?.RequiredFunctionName;
            int[] order = [.. Enumerable.Range(0, tools.Length).OrderByDescending(Likeness)];
            return [.. tools.Where(tool => tool.Name == demanded), .. order.Select(tool => tools[tool]).Where(tool => tool.Name != demanded).Take(limit)];
        };

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        ChatOptions chosen = options?.Clone() ?? new ChatOptions();
        chosen.Tools = await choice(conversation, chosen, cancellationToken);
        return await base.GetResponseAsync(conversation, chosen, cancellationToken);
    }

    private static float Cosine(float[] left, float[] right)
    {
        float Product(float[] one, float[] other) => one.Zip(other, (x, y) => x * y).Sum();
        return Product(left, right) / MathF.Sqrt(Product(left, left) * Product(right, right));
    }
}
