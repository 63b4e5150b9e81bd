using Microsoft.Extensions.AI;
using Snug.AI;
using Snug.Hub;
using Snug.Pretrained;

// Finds the paragraphs of text files that come closest to a question: retrieval -- MODEL QUESTION FILE…
if (args.Length < 3)
{
    Console.Error.WriteLine("usage: retrieval MODEL QUESTION FILE...");
    return 2;
}

try
{
    SentenceEncoder encoder = await SentenceEncoder.FromHubAsync(args[0]);
    using LocalEmbeddingGenerator generator = new(encoder);
    List<string> paragraphs = [];
    foreach (string file in args[2..])
    {
        paragraphs.AddRange((await File.ReadAllTextAsync(file)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync([args[1], .. paragraphs]);
    ReadOnlyMemory<float> question = vectors[0].Vector;
    var ranking = paragraphs.Select((text, index) => (Text: text, Score: Similarity(question.Span, vectors[index + 1].Vector.Span)));
    foreach ((string text, float score) in ranking.OrderByDescending(entry => entry.Score).Take(3))
    {
        Console.WriteLine($"{score:0.000}  {text.ReplaceLineEndings(" ")}");
    }

    return 0;
}
catch (HubException e)
{
    Console.Error.WriteLine($"error: {e.Message}\n{string.Join('\n', e.Advice)}");
    return 1;
}

// The cosine of the angle between two vectors.
static float Similarity(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
{
    float dot = 0, lengthA = 0, lengthB = 0;
    for (int i = 0; i < a.Length; i++)
    {
        dot += a[i] * b[i];
        lengthA += a[i] * a[i];
        lengthB += b[i] * b[i];
    }

    return dot / MathF.Max(float.Epsilon, MathF.Sqrt(lengthA) * MathF.Sqrt(lengthB));
}
