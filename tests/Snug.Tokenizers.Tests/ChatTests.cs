using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Conversations as a tokenizer's template writes them, and their tokens.</summary>
public sealed class ChatTests : IDisposable
{
    private const string ChatMl = """
        {{ bos_token }}{% for message in messages %}<|{{ message.role }}|>{% if message.role == 'assistant' %}{% generation %}{{ message.content }}<end>{% endgeneration %}{% else %}{{ message.content }}<end>{% endif %}{{ '\n' }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}
        """;

    // Every byte is a token, so that tokens and characters go together.
    private static readonly string Bytes = $$"""
        {"added_tokens":[{"id":256,"content":"<end>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "model":{"type":"BPE","byte_fallback":true,"vocab":{{{string.Join(',', Enumerable.Range(0, 256).Select(value => $"\"<0x{value:X2}>\":{value}"))}}},"merges":[]} }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("snug-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_conversation_is_written_with_the_special_tokens_of_the_tokenizer()
    {
        ChatPrompt prompt = Load(ChatMl).ApplyChatTemplate(Conversation(), new ChatTemplateOptions { AddGenerationPrompt = true });
        Assert.Equal("<s><|user|>Hi 😀<end>\n<|assistant|>Hello!<end>\n<|user|>Bye<end>\n<|assistant|>", prompt.Text);
    }

    [Fact]
    public void Each_message_has_its_part_of_the_text_and_its_tokens()
    {
        ChatEncoding chat = Load(ChatMl).EncodeChat(Conversation(), new ChatTemplateOptions { AddGenerationPrompt = true });
        string text = chat.Prompt.Text;
        Assert.Equal(["<|user|>Hi 😀<end>\n", "<|assistant|>Hello!<end>\n", "<|user|>Bye<end>\n"], chat.Prompt.Messages.Select(range => Slice(text, range!.Value)));
        Assert.Equal(["<|user|>Hi 😀<end>\n", "<|assistant|>Hello!<end>\n", "<|user|>Bye<end>\n"], chat.Messages.Select(range => Decode(chat, range!.Value)));
    }

    [Fact]
    public void The_mask_covers_what_the_assistant_says()
    {
        ChatEncoding chat = Load(ChatMl).EncodeChat(Conversation());
        Assert.Equal("Hello!<end>", string.Concat(Enumerable.Range(0, chat.Encoding.Length).Where(token => chat.AssistantMask[token] == 1).Select(token => Slice(chat.Prompt.Text, chat.Encoding.Offsets[token]))));
        Assert.Equal(7, chat.AssistantMask.Sum());
    }

    [Fact]
    public void All_tokens_of_a_last_character_are_in_the_mask()
    {
        ChatEncoding chat = Load("{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}").EncodeChat([new ChatTemplateMessage("assistant", "x😀")]);
        Assert.Equal([1, 1, 1, 1, 1], chat.AssistantMask);
    }

    [Fact]
    public void Truncation_cuts_the_mask_and_the_messages()
    {
        Tokenizer tokenizer = Load(ChatMl);
        tokenizer.EnableTruncation(maxLength: 20);
        ChatEncoding chat = tokenizer.EncodeChat(Conversation());
        Assert.Equal(20, chat.AssistantMask.Count);
        Assert.NotNull(chat.Messages[0]);
        Assert.Null(chat.Messages[2]);
    }

    [Theory]
    [InlineData("Hello", "<s><|user|>Hi<end>\n<|assistant|>Hello")]
    [InlineData("Hello ", "<s><|user|>Hi<end>\n<|assistant|>Hello ")]
    public void The_last_message_can_be_gone_on_with(string content, string expected) =>
        Assert.Equal(expected, Load(ChatMl).ApplyChatTemplate([new("user", "Hi"), new("assistant", content)], new ChatTemplateOptions { ContinueFinalMessage = true }).Text);

    [Fact]
    public void White_space_that_the_template_takes_away_stays_away()
    {
        const string Trimming = "{% for m in messages %}[{{ m.content | trim }}]{% endfor %}";
        Assert.Equal("[a", Load(Trimming).ApplyChatTemplate([new("user", " a \n")], new ChatTemplateOptions { ContinueFinalMessage = true }).Text);
    }

    [Fact]
    public void Of_content_in_parts_the_last_text_is_gone_on_with()
    {
        const string Parts = "{% for m in messages %}{% for part in m.content %}{{ part.text }},{% endfor %}{% endfor %}end";
        object content = new object[] { new Dictionary<string, object?> { ["text"] = "a" }, new Dictionary<string, object?> { ["text"] = "b" }, new Dictionary<string, object?> { ["image"] = "i" } };
        Assert.Equal("a,b", Load(Parts).ApplyChatTemplate([new("assistant", content)], new ChatTemplateOptions { ContinueFinalMessage = true }).Text);
    }

    [Fact]
    public void What_cannot_be_gone_on_with_is_refused()
    {
        ChatTemplateOptions options = new() { ContinueFinalMessage = true };
        Assert.Throws<TokenizerException>(() => Load(ChatMl).ApplyChatTemplate([], options));
        Assert.Throws<TokenizerException>(() => Load(ChatMl).ApplyChatTemplate([new("user", null)], options));
        Assert.Throws<TokenizerException>(() => Load("{{ messages | length }} content").ApplyChatTemplate(Conversation(), options));
        Assert.Throws<TokenizerException>(() => Load("x").ApplyChatTemplate(Conversation(), options));
        Assert.Throws<ArgumentException>(() => Load(ChatMl).ApplyChatTemplate(Conversation(), options with { AddGenerationPrompt = true }));
    }

    [Fact]
    public void A_system_message_before_the_loop_has_what_stands_before_the_first_message()
    {
        const string Llama = "{{ bos_token }}{% if messages[0].role == 'system' %}{% set system = messages[0].content %}{% set messages = messages[1:] %}{% endif %}<<{{ system }}>>{% for m in messages %}({{ m.content }}){% endfor %}";
        ChatPrompt prompt = Load(Llama).ApplyChatTemplate([new("system", "S"), new("user", "U")]);
        Assert.Equal(["<s><<S>>", "(U)"], prompt.Messages.Select(range => Slice(prompt.Text, range!.Value)));
    }

    [Fact]
    public void Where_messages_are_not_written_one_by_one_their_parts_are_not_known() =>
        Assert.Equal([null, null, null], Load("{{ messages[0].content }}{{ messages[2].content }}").EncodeChat(Conversation()).Messages);

    [Fact]
    public void Tools_choose_the_template_for_tools()
    {
        Tokenizer tokenizer = Load(null, ("default", "plain {{ tools is none }}"), ("tool_use", "tools {{ tools[0].name }} {{ documents | length }}"), ("rag", "rag"));
        Assert.Equal("plain True", tokenizer.ApplyChatTemplate([]).Text);
        using JsonDocument tools = JsonDocument.Parse("""[{"name":"f"}]""");
        using JsonDocument documents = JsonDocument.Parse("""[{"title":"t"}]""");
        Assert.Equal("tools f 1", tokenizer.ApplyChatTemplate([], new ChatTemplateOptions { Tools = tools.RootElement, Documents = documents.RootElement }).Text);
        Assert.Equal("rag", tokenizer.ApplyChatTemplate([], new ChatTemplateOptions { TemplateName = "rag" }).Text);
        Assert.Contains("'default', 'rag', 'tool_use'", Assert.Throws<TokenizerException>(() => tokenizer.ApplyChatTemplate([], new ChatTemplateOptions { TemplateName = "x" })).Message, StringComparison.Ordinal);
        Assert.Equal("own", tokenizer.ApplyChatTemplate([], new ChatTemplateOptions { Template = ChatTemplate.Parse("own") }).Text);
    }

    [Fact]
    public void Variables_win_over_special_tokens() =>
        Assert.Equal("x True", Load("{{ bos_token }} {{ enable_thinking }}").ApplyChatTemplate([], new ChatTemplateOptions { Variables = new Dictionary<string, object?> { ["bos_token"] = "x", ["enable_thinking"] = true } }).Text);

    [Fact]
    public void A_tokenizer_without_a_template_says_so() =>
        Assert.Contains("has no chat template", Assert.Throws<TokenizerException>(() => Load(null).ApplyChatTemplate(Conversation())).Message, StringComparison.Ordinal);

    [Fact]
    public void Messages_keep_all_that_JSON_says_of_them()
    {
        using JsonDocument json = JsonDocument.Parse("""[{"content":"c","role":"tool","tool_call_id":"7"}]""");
        IReadOnlyList<ChatTemplateMessage> messages = ChatTemplateMessage.FromJson(json.RootElement);
        Assert.Equal("tool", messages[0].Role);
        Assert.Equal("""[{"content": "c", "role": "tool", "tool_call_id": "7"}]""", Load("{{ messages | tojson }}").ApplyChatTemplate(messages).Text);
        Assert.Throws<ArgumentException>(() => ChatTemplateMessage.FromJson(JsonDocument.Parse("[1]").RootElement));
    }

    [Fact]
    public void Real_templates_write_each_message_in_its_part()
    {
        Assert.SkipWhen(Checkout.Fixtures is null, "The fixtures are not there.");
        Tokenizer tokenizer = Load(null);
        int known = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Checkout.Fixtures!, "templates"), "*.jinja"))
        {
            ChatEncoding chat;
            ChatTemplateMessage[] messages = [new("system", "SYSTEM-0"), new("user", "USER-1"), new("assistant", "ASSISTANT-2"), new("user", "USER-3")];
            try
            {
                chat = tokenizer.EncodeChat(messages, new ChatTemplateOptions { Template = ChatTemplate.Parse(File.ReadAllText(file)), AddGenerationPrompt = true });
            }
            catch (TemplateException)
            {
                // Some refuse system messages.
                continue;
            }

            int end = 0;
            for (int i = 0; i < messages.Length; i++)
            {
                if (chat.Prompt.Messages[i] is { } range)
                {
                    Assert.True(range.Start >= end, file);
                    end = range.End;
                    string content = (string)messages[i].Values[1].Value!;
                    Assert.Equal(chat.Prompt.Text.Contains(content, StringComparison.Ordinal), Slice(chat.Prompt.Text, range).Contains(content, StringComparison.Ordinal));
                    Assert.Equal(Slice(chat.Prompt.Text, range), Decode(chat, chat.Messages[i]!.Value));
                    known++;
                }
            }
        }

        Assert.True(known > 150, $"{known}");
    }

    private static ChatTemplateMessage[] Conversation() => [new("user", "Hi 😀"), new("assistant", "Hello!"), new("user", "Bye")];

    private static string Slice(string text, OffsetRange range) => text[range.Start..range.End];

    private static string Decode(ChatEncoding chat, OffsetRange tokens) =>
        Slice(chat.Prompt.Text, new OffsetRange(chat.Encoding.Offsets[tokens.Start].Start, chat.Encoding.Offsets[tokens.End - 1].End));

    private Tokenizer Load(string? template, params (string Name, string Template)[] named)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), Bytes);
        string templates = template is not null
            ? ReferenceEngine.Quote(template)
            : $"[{string.Join(',', named.Select(entry => $$"""{"name":"{{entry.Name}}","template":{{ReferenceEngine.Quote(entry.Template)}}}"""))}]";
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), $$"""{"bos_token":"<s>","chat_template":{{templates}}}""");
        return Tokenizer.FromDirectory(_folder);
    }
}
