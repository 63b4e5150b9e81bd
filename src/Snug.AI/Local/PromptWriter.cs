using Microsoft.Extensions.AI;
using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.AI;

/// <summary>Writes conversations with the chat template of one model.</summary>
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

    /// <summary>Writes a conversation up to the start of an answer.</summary>
    /// <exception cref="TokenizerException">The model has no chat template.</exception>
    /// <exception cref="TemplateException">The template refuses, whichever way it is asked.</exception>
    public string Write(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        ChatTemplateOptions chat = new()
        {
            AddGenerationPrompt = true,
            Template = _template,
            Variables = OptionsMapper.Variables(options, _options),
            Time = _options.Time,
        };
        TemplateException? first = null;
        foreach (MessageStyle style in MessageStyle.All)
        {
            try
            {
                return _model.Tokenizer.ApplyChatTemplate(ConversationMapper.Map(messages, options?.Instructions, style), chat).Text;
            }
            catch (TemplateException exception)
            {
                first ??= exception;
            }
        }

        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first!);
        throw first!;
    }
}
