using System.Reflection;
using System.Text.Json;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained.Tests;

/// <summary>
/// The bundled model, beside what PyTorch computes from the same files (samples/demonstration-model/export.py wrote both): the tokens of a
/// conversation, the logits behind it, and the likeliest answer.
/// </summary>
public sealed class DemonstrationModelTests
{
    private static readonly string Root = typeof(DemonstrationModelTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!;

    private static string Folder => Path.Join(Root, "samples", "repositories", "models", "snug", "demonstration-model");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Expected().RootElement.GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_computes_and_says_what_PyTorch_does(int index)
    {
        JsonElement expected = Expected().RootElement[index];
        ChatTemplateMessage[] messages =
        [
            .. expected.GetProperty("messages").EnumerateArray().Select(m => new ChatTemplateMessage(m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!)),
        ];
        int[] prompt = Numbers(expected, "ids");
        float[] logits = [.. expected.GetProperty("logits").EnumerateArray().Select(value => value.GetSingle())];
        using PretrainedModel model = PretrainedModel.FromDirectory(Folder, new ModelOptions { Threads = 1 });

        ChatPrompt rendered = model.Tokenizer.ApplyChatTemplate(messages, new ChatTemplateOptions { AddGenerationPrompt = true });
        using InferenceSession inference = model.Model.CreateSession();
        inference.Read(prompt, TestContext.Current.CancellationToken);
        float deviation = inference.Logits.ToArray().Zip(logits, (own, other) => Math.Abs(own - other)).Max();
        using TextSession session = model.CreateSession();
        List<TextChunk> chunks = [];
        await foreach (TextChunk chunk in session.ChatAsync(messages, cancellationToken: TestContext.Current.CancellationToken))
        {
            chunks.Add(chunk);
        }

        Assert.Equal(prompt, model.Tokenizer.Encode(rendered.Text, addSpecialTokens: false).Ids);
        Assert.True(deviation < 1e-2, $"Logits deviate by {deviation}.");
        Assert.Equal(expected.GetProperty("answer").GetString(), string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal((TextFinish.EndToken, Numbers(expected, "answerIds").Length), (chunks[^1].Finish, chunks[^1].Usage!.GeneratedTokens));
    }

    private static JsonDocument Expected() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Join(Root, "tests", "Snug.Pretrained.Tests", "Data", "demonstration.json")));

    private static int[] Numbers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
