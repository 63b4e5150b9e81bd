using System.Text.Json;
using Snug.Hub;
using Snug.Inference;
using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary>An error as it is shown: what happened, what to do, and what a script needs to know.</summary>
/// <param name="ExitCode">What the process ends with.</param>
/// <param name="Kind">The stable code.</param>
/// <param name="Message">What happened to what.</param>
/// <param name="Advice">What to do, in order.</param>
internal sealed record Failure(int ExitCode, string Kind, string Message, IReadOnlyList<string> Advice)
{
    /// <summary>Which of several causes of the kind it was, where that is told: <c>gated_no_token</c> or <c>gated_not_granted</c>.</summary>
    public string? Cause { get; init; }

    public string? Repository { get; init; }

    public string? File { get; init; }

    public int? Status { get; init; }

    public string? RequestId { get; init; }

    public static Failure Cancelled { get; } = new(
        ExitCodes.Cancelled, "cancelled", "Cancelled.", ["Run the same command again to go on where it stopped; what is downloaded stays."]);

    /// <summary>What a download would have failed with, of a repository that cannot be read.</summary>
    /// <exception cref="ArgumentException">It can.</exception>
    public static Failure From(AccessReport report)
    {
        try
        {
            report.EnsureReadable();
        }
        catch (HubException error)
        {
            return From(error);
        }

        throw new ArgumentException($"{report.Repository} can be read.", nameof(report));
    }

    public static Failure From(Exception error) => error switch
    {
        HubException hub => new Failure(ExitCodes.For(hub), hub.Code, hub.Message, hub.Advice)
        {
            Cause = hub.Access is { } access ? AccessReport.NameOf(access) : null,
            Repository = hub.Repository?.ToString(),
            File = hub.File,
            Status = hub.StatusCode,
            RequestId = hub.RequestId,
        },
        CliException cli => new Failure(cli.ExitCode, cli.Kind, cli.Message, cli.Advice),
        TokenizerException tokenizer => new Failure(
            ExitCodes.Unexpected, "tokenizer_error", tokenizer.Message, ["Check that the file is whole, and of a kind that is supported: see docs/tokenizers.md."])
        {
            File = tokenizer.File,
        },
        ModelFormatException model => new Failure(
            ExitCodes.Unexpected, "model_format_error", model.Message, ["Check that the file is whole, and the model of a kind that is supported: see docs/inference.md."])
        {
            File = model.File,
        },
        PromptTooLongException prompt => new Failure(
            ExitCodes.Usage, "prompt_too_long", prompt.Message, ["Give a shorter prompt, or take a model with a longer context."]),
        TemplateException template => new Failure(
            ExitCodes.Unexpected, "template_error", $"The chat template, {template.Message}", ["Check the template at this place, and whether the variables are those that it wants."]),
        _ => new Failure(
            ExitCodes.Unexpected, "unexpected", $"Something unexpected happened: {error.GetType().Name}: {error.Message}",
            ["This is a fault of snug; please report it with what you did and the output of 'snug env'.",
                "Set SNUG_TRACE=1 and run the same command again to see where it happened."]),
    };

    /// <summary>Writes the properties of the error object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("kind", Kind);
        json.WriteString("cause", Cause);
        json.WriteString("message", Message);
        json.WriteStrings("advice", Advice);
        json.WriteString("repository", Repository);
        json.WriteString("file", File);
        if (Status is { } status)
        {
            json.WriteNumber("status", status);
        }
        else
        {
            json.WriteNull("status");
        }

        json.WriteString("requestId", RequestId);
    }

    /// <summary>Prints the error for people: the first line says what happened, numbered lines what to do.</summary>
    public void Print(CliConsole console)
    {
        bool decorate = console.DecoratesError;
        string mark = ExitCode == ExitCodes.Cancelled ? "" : (console.MarksError ? "❌" : Ansi.Style(decorate, Ansi.Bold + Ansi.Red, "error:")) + " ";
        console.Error.WriteLine(mark + Text.Printable(Message));
        for (int i = 0; i < Advice.Count; i++)
        {
            console.Error.WriteLine($"  {Ansi.Style(decorate, Ansi.Cyan, $"{i + 1}.")} {Text.Printable(Advice[i])}");
        }

        // Where advice helps, the id of the request would only be in the way.
        if (RequestId is not null && Kind is "server_error" or "invalid_request")
        {
            console.Error.WriteLine(Ansi.Style(decorate, Ansi.Dim, $"  Request id: {Text.Printable(RequestId)}"));
        }

        console.Error.Flush();
    }
}
