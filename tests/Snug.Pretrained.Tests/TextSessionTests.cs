using Snug.Inference;
using Snug.TestKit;
using Snug.Tokenizers;

namespace Snug.Pretrained.Tests;

public sealed class TextSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PretrainedModel _model;
    private readonly TextSession _session;

    public TextSessionTests()
    {
        _model = PretrainedModel.FromDirectory(TinyModel.Write(_folder), new ModelOptions { Threads = 1 });
        _session = _model.CreateSession();
    }

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_character_of_several_tokens_comes_whole()
    {
        List<TextChunk> chunks = await CollectAsync(_session.GenerateAsync("ab", Scripted.Saying([.. TinyModel.Ids("c"), .. TinyModel.Smile, .. TinyModel.Ids("d")])));

        Assert.Equal(["c", "😀", "d"], chunks.Select(chunk => chunk.Text));
        Assert.Equal(TextFinish.Length, chunks[^1].Finish);
        Assert.All(chunks[..^1], chunk => Assert.True(chunk is { Finish: null, Usage: null }));
    }

    [Fact]
    public async Task A_text_goes_on_with_its_space_and_an_answer_begins_without()
    {
        int[] said = TinyModel.Ids(" yes");

        string text = await TextOfAsync(_session.GenerateAsync("oh", Scripted.Saying(said)));
        string answer = await TextOfAsync(_session.ChatAsync([new ChatTemplateMessage("user", "oh")], Scripted.Saying(said)));

        Assert.Equal((" yes", "yes"), (text, answer));
    }

    [Fact]
    public async Task Nothing_of_a_stop_string_is_shown_and_what_only_began_like_one_is()
    {
        TextGenerationOptions options = Scripted.Saying(TinyModel.Ids("a e b en c end d")) with { StopStrings = ["end"] };

        List<TextChunk> chunks = await CollectAsync(_session.GenerateAsync("x", options));

        Assert.Equal("a e b en c ", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal((TextFinish.StopString, "end"), (chunks[^1].Finish, chunks[^1].StopString));
        Assert.Equal("a e b en c end".Length, chunks[^1].Usage!.GeneratedTokens);
    }

    [Fact]
    public async Task Text_that_was_held_back_for_a_stop_string_comes_at_the_end()
    {
        TextGenerationOptions options = Scripted.Saying(TinyModel.Ids("ben")) with { StopStrings = ["end"] };

        Assert.Equal("ben", await TextOfAsync(_session.GenerateAsync("x", options)));
    }

    [Theory]
    [InlineData(TinyModel.End)]
    [InlineData(TinyModel.Assistant)]
    public async Task The_end_tokens_of_the_generation_configuration_end_the_text_and_are_not_shown(int end)
    {
        TextGenerationOptions options = Scripted.Saying([.. TinyModel.Ids("hi"), end, .. TinyModel.Ids("no")]);

        List<TextChunk> chunks = await CollectAsync(_session.GenerateAsync("x", options));

        Assert.Equal("hi", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal((TextFinish.EndToken, 3), (chunks[^1].Finish, chunks[^1].Usage!.GeneratedTokens));
    }

    [Fact]
    public async Task The_length_of_the_generation_configuration_counts_until_options_say_another()
    {
        TextGenerationOptions endless = new() { Generation = new GenerationOptions { EndTokens = [] } };

        TextChunk byFile = (await CollectAsync(_session.GenerateAsync("abc", endless)))[^1];
        TextChunk byOption = (await CollectAsync(_session.GenerateAsync("abc", endless with { Generation = endless.Generation with { MaxNewTokens = 7 } })))[^1];
        TextChunk full = (await CollectAsync(_session.GenerateAsync("abc", endless with { Generation = endless.Generation with { MaxNewTokens = 1000 } })))[^1];

        Assert.Equal((TextFinish.Length, 5), (byFile.Finish, byFile.Usage!.GeneratedTokens));
        Assert.Equal((TextFinish.Length, 7), (byOption.Finish, byOption.Usage!.GeneratedTokens));
        Assert.Equal(TextFinish.ContextFull, full.Finish);
    }

    [Fact]
    public async Task The_next_turn_computes_only_what_is_new()
    {
        List<ChatTemplateMessage> messages = [new("user", "hello there")];
        TextChunk first = (await CollectAsync(_session.ChatAsync(messages, Scripted.Saying(TinyModel.Ids("hi")))))[^1];
        messages.AddRange([new("assistant", "hi"), new("user", "bye")]);

        TextChunk second = (await CollectAsync(_session.ChatAsync(messages, Scripted.Saying(TinyModel.Ids("ok")))))[^1];

        Assert.Equal(0, first.Usage!.ReusedTokens);

        // All of the first prompt, and the first token of the answer; the last one was never read.
        Assert.Equal(first.Usage.PromptTokens + 1, second.Usage!.ReusedTokens);
    }

    [Fact]
    public async Task The_same_text_comes_with_and_without_what_is_known()
    {
        TextGenerationOptions options = new() { Generation = new GenerationOptions { EndTokens = [], MaxNewTokens = 12 } };
        await TextOfAsync(_session.GenerateAsync("something else", options));

        string after = await TextOfAsync(_session.GenerateAsync("some text", options));
        string fresh = await TextOfAsync(_model.GenerateAsync("some text", options));

        Assert.Equal(fresh, after);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_refused_and_the_session_goes_on()
    {
        PromptTooLongException error = await Assert.ThrowsAsync<PromptTooLongException>(() => TextOfAsync(_session.GenerateAsync(new string('a', 64))));

        Assert.Equal((65, 64), (error.PromptTokens, error.ContextLength));
        Assert.Equal("b", await TextOfAsync(_session.GenerateAsync("a", Scripted.Saying(TinyModel.Ids("b")))));
    }

    [Fact]
    public async Task Cancellation_ends_between_tokens_and_the_session_goes_on()
    {
        using CancellationTokenSource cancel = new();
        TextGenerationOptions options = Scripted.Saying(TinyModel.Ids("abcdef"));
        string seen = "";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (TextChunk chunk in _session.GenerateAsync("x", options, cancel.Token))
            {
                seen += chunk.Text;
                if (seen == "abc")
                {
                    await cancel.CancelAsync();
                }
            }
        });

        Assert.Equal("abc", seen);
        Assert.Equal("abcdef", await TextOfAsync(_session.GenerateAsync("x", options)));
    }

    [Fact]
    public async Task A_tokenizer_of_another_model_is_refused()
    {
        Dictionary<string, byte[]> files = TinyModel.Files();
        files["tokenizer.json"] = System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(files["tokenizer.json"]).Replace("\"z\":33", "\"z\":4000", StringComparison.Ordinal));
        using TemporaryFolder folder = new();
        using PretrainedModel model = PretrainedModel.FromDirectory(TinyModel.Write(folder, files));

        ModelFormatException error = await Assert.ThrowsAsync<ModelFormatException>(() => TextOfAsync(model.GenerateAsync("xyz")));

        Assert.Contains("4000", error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<TextChunk>> CollectAsync(IAsyncEnumerable<TextChunk> chunks)
    {
        List<TextChunk> list = [];
        await foreach (TextChunk chunk in chunks.WithCancellation(TestContext.Current.CancellationToken))
        {
            list.Add(chunk);
        }

        return list;
    }

    private static async Task<string> TextOfAsync(IAsyncEnumerable<TextChunk> chunks) => string.Concat((await CollectAsync(chunks)).Select(chunk => chunk.Text));
}
