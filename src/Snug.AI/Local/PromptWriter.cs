using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.AI;

/// <summary>Writes conversations with the chat template of one model, and knows how its family writes answers.</summary>
internal sealed class PromptWriter
{
    private readonly PretrainedModel _model;
    private readonly LocalChatClientOptions _options;
    private readonly ChatTemplate? _template;

    public PromptWriter(PretrainedModel model, LocalChatClientOptions options)
    {
        (_model, _options) = (model, options);
        _template = options.ChatTemplate is { } source ? ChatTemplate.Parse(source) : null;
    }

    /// <summary>The functions that a request lets the model call; empty when it must not.</summary>
    public static IReadOnlyList<AIFunctionDeclaration> ToolsOf(ChatOptions? options) => options?.ToolMode switch
    {
        NoneChatToolMode => [],
        RequiredChatToolMode { RequiredFunctionName: { } name } => [.. Declarations(options).Where(tool => tool.Name == name)],
        _ => [.. Declarations(options)],
    };

    /// <summary>Writes a conversation up to the start of an answer.</summary>
    /// <exception cref="TokenizerException">The model has no chat template.</exception>
    /// <exception cref="TemplateException">The template refuses, whichever way it is asked.</exception>
    /// <exception cref="NotSupportedException">The template takes no tools, or a message has something other than text.</exception>
    public WrittenPrompt Write(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        IReadOnlyList<AIFunctionDeclaration> tools = ToolsOf(options);
        string source = SourceFor(tools);
        if (tools.Count > 0 && !source.Contains("tools", StringComparison.Ordinal))
        {
            throw new NotSupportedException($"The chat template of the model takes no tools, and the request has {tools.Count}.");
        }

        Dictionary<string, object?> variables = OptionsMapper.Variables(options, _options);
        ReasoningFormat? reasoning = ReasoningFormat.Of(source);
        ToolCallFormat? format = tools.Count > 0 ? ToolCallFormat.Of(source) : null;
        AnswerFrame? frame = AnswerFrame.Of(source);
        TemplateException? first = null;
        foreach (List<object?>? described in Descriptions(tools))
        {
            if (described is not null)
            {
                // As SmolLM3 calls them, and Firefunction, which takes them as text and wants to know the time.
                variables["xml_tools"] = described;
                variables.TryAdd("functions", ConversationMapper.ToJson(described).GetRawText());
                variables.TryAdd("datetime", _options.Time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'GMT'", CultureInfo.InvariantCulture));
            }

            ChatTemplateOptions chat = new() { AddGenerationPrompt = true, Template = _template, Tools = described, Variables = variables, Time = _options.Time };
            foreach (MessageStyle style in MessageStyle.For(source))
            {
                try
                {
                    IReadOnlyList<ChatTemplateMessage> mapped = ConversationMapper.Map(messages, options?.Instructions, style);
                    return new WrittenPrompt(_model.Tokenizer.ApplyChatTemplate(mapped, chat).Text, reasoning, format, frame, tools);
                }
                catch (TemplateException exception)
                {
                    first ??= exception;
                }
            }
        }

        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first!);
        throw first!;
    }

    private static IEnumerable<AIFunctionDeclaration> Declarations(ChatOptions? options) => options?.Tools?.OfType<AIFunctionDeclaration>() ?? [];

    /// <summary>The functions as they are, and in case the template cannot write that, with one type and a description for each value.</summary>
    private static IEnumerable<List<object?>?> Descriptions(IReadOnlyList<AIFunctionDeclaration> tools) => tools.Count == 0
        ? [null]
        : [[.. tools.Select(tool => Describe(tool, tool.JsonSchema))], [.. tools.Select(tool => Describe(tool, SimpleSchema.Of(tool.JsonSchema)))]];

    private static Dictionary<string, object?> Describe(AIFunctionDeclaration tool, JsonElement schema) => new(StringComparer.Ordinal)
    {
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = tool.Name,
            ["description"] = tool.Description,
            ["parameters"] = schema,
        },
    };

    /// <summary>The text of the template that a request is written with.</summary>
    private string SourceFor(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        IReadOnlyDictionary<string, string> templates = _model.Tokenizer.Configuration.ChatTemplates;
        return _template?.Source
            ?? (tools.Count > 0 && templates.TryGetValue(TokenizerConfiguration.ToolTemplate, out string? forTools) ? forTools : null)
            ?? templates.GetValueOrDefault(TokenizerConfiguration.DefaultTemplate, "");
    }
}
