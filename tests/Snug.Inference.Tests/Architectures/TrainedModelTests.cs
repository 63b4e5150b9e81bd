using System.Text.Json;

namespace Snug.Inference.Tests;

/// <summary>A real trained model, against tokens and logits that other engines produce from it.</summary>
public sealed class TrainedModelTests
{
    [Fact]
    public void A_safetensors_folder_gives_the_hundred_greedy_tokens_of_the_reference()
    {
        using CausalModel model = CausalModel.Load(Fixtures.Shared("models", "stories260K-hf"));

        AssertGreedy(model);
    }

    [Fact]
    public void The_same_model_as_GGUF_gives_the_same_tokens()
    {
        using CausalModel model = CausalModel.Load(Fixtures.Shared("models", "stories260K-gguf", "stories260K.gguf"));

        AssertGreedy(model);
    }

    private static void AssertGreedy(CausalModel model)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Shared("models", "stories260K-hf", "expected_greedy.json")));
        int[] prompt = [.. expected.RootElement.GetProperty("prompt_ids").EnumerateArray().Select(id => id.GetInt32())];
        int[] tokens = [.. expected.RootElement.GetProperty("greedy_100_ids").EnumerateArray().Select(id => id.GetInt32())];
        float[] firstLogits = [.. expected.RootElement.GetProperty("first_logits_row").EnumerateArray().Select(id => id.GetSingle())];
        using InferenceSession session = model.CreateSession();

        float[] all = session.ReadAll(prompt);
        int vocabulary = model.Configuration.VocabularySize;
        float[] last = all[^vocabulary..];
        List<int> produced = [.. prompt];
        while (produced.Count < tokens.Length)
        {
            int next = Array.IndexOf(last, last.Max());
            produced.Add(next);
            session.Read(next);
            last = session.Logits.ToArray();
        }

        Assert.Equal(tokens, produced);
        double deviation = Deviation(all.AsSpan((prompt.Length - 1) * vocabulary, firstLogits.Length), firstLogits);
        Assert.True(deviation < 1e-4, $"Logits deviate by {deviation}.");
    }

    private static double Deviation(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double deviation = 0;
        for (int i = 0; i < left.Length; i++)
        {
            deviation = Math.Max(deviation, Math.Abs(left[i] - right[i]));
        }

        return deviation;
    }
}
