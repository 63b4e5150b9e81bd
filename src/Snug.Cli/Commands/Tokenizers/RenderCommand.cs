using System.CommandLine;
using System.Text.Json;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary><c>snug render</c>: a chat template with the variables of a JSON document.</summary>
internal sealed class RenderCommand : SnugCommand
{
    private readonly Argument<string> _template = new("TEMPLATE")
    {
        Description = "A file with a template (.jinja), or a model whose template it is: a folder or a repository.",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The variables: a JSON file with an object, or '-' for standard input; an array is taken for the messages.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _name = new("--template")
    {
        Description = "Which of the model's templates, where it has several.",
        HelpName = "NAME",
    };

    public RenderCommand(CliConsole console, CommonOptions common)
        : base("render", "Render a chat template.", console, common)
    {
        Add(_template);
        AddAll(_data, _name, common.Revision, common.CacheDirectory, common.Token, common.Offline, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug render chat_template.jinja --data conversation.json",
        "snug render Qwen/Qwen2.5-0.5B-Instruct --data conversation.json",
        "echo '[{\"role\":\"user\",\"content\":\"Hi\"}]' | snug render ./model --data -",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        string template = invocation.Get(_template)!;
        if (File.Exists(template) && invocation.Get(_name) is not null)
        {
            throw CliException.Usage("--template chooses among the templates of a model, but a file is given.", "Drop --template.");
        }

        using JsonDocument data = invocation.Get(_data) is { } file ? JsonInput.Read(invocation.Console, file) : JsonDocument.Parse("{}");
        if (data.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            throw CliException.Usage("The variables must be a JSON object, or an array of messages.");
        }

        if (File.Exists(template))
        {
            RenderedTemplate rendered = ChatTemplate.Parse(await File.ReadAllTextAsync(template, cancellationToken)).Render(Variables(data.RootElement), invocation.Console.Time);
            Write(invocation, rendered.Text, [], rendered.Generated);
            return ExitCodes.Done;
        }

        TokenizerConfiguration configuration = await TokenizerSource.ReadConfigurationAsync(invocation, template, cancellationToken);
        ChatInput input = data.RootElement.ValueKind == JsonValueKind.Object && !data.RootElement.TryGetProperty("messages", out _)
            ? new ChatInput([], new ChatTemplateOptions { TemplateName = invocation.Get(_name), Variables = Variables(data.RootElement) })
            : ChatInput.Read(data.RootElement, invocation.Get(_name));
        ChatPrompt prompt = configuration.ApplyChatTemplate(input.Messages, input.Options with { Time = invocation.Console.Time });
        Write(invocation, prompt.Text, prompt.Messages, prompt.Generated);
        return ExitCodes.Done;
    }

    private static Dictionary<string, object?> Variables(JsonElement data) => data.ValueKind == JsonValueKind.Array
        ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["messages"] = data.Clone() }
        : data.EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value.Clone(), StringComparer.Ordinal);

    /// <summary>The text as it is: a line end of our own would be part of what is compared or sent on.</summary>
    private static void Write(Invocation invocation, string text, IReadOnlyList<OffsetRange?> messages, IReadOnlyList<OffsetRange> generated)
    {
        if (!invocation.IsJson)
        {
            invocation.Console.Out.Write(text);
            invocation.Console.Out.Flush();
            return;
        }

        invocation.WriteJson(json =>
        {
            json.WriteString("text", text);
            EncodingJson.WriteRanges(json, "messages", messages);
            EncodingJson.WriteRanges(json, "generated", generated.Select(range => (OffsetRange?)range));
        });
    }
}
