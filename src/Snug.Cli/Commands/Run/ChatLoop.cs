using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary>A conversation on a terminal, line by line.</summary>
internal sealed class ChatLoop(Invocation invocation, TextSession session, RunOutput output, TextGenerationOptions options)
{
    private string Mark => Ansi.Style(invocation.Console.DecoratesError, Ansi.Bold + Ansi.Cyan, "> ");

    /// <summary>The beginning of a conversation.</summary>
    public static List<ChatTemplateMessage> Begin(string? system, string? user)
    {
        List<ChatTemplateMessage> messages = [];
        if (system is not null)
        {
            messages.Add(new ChatTemplateMessage("system", system));
        }

        if (user is not null)
        {
            messages.Add(new ChatTemplateMessage("user", user));
        }

        return messages;
    }

    /// <param name="system">What the model is told before the conversation.</param>
    /// <param name="opening">What is asked first for the user, to show how it goes.</param>
    /// <param name="cancellationToken">Ends the conversation.</param>
    public async Task RunAsync(string? system, string? opening, CancellationToken cancellationToken)
    {
        invocation.Messages.Hint("Say something. /clear begins anew, /exit or the end of input ends it.");
        List<ChatTemplateMessage> messages = Begin(system, opening);
        if (opening is not null)
        {
            await invocation.Console.Error.WriteLineAsync(Mark + opening);
            messages.Add(new ChatTemplateMessage("assistant", await output.WriteAsync(session.ChatAsync(messages, options, cancellationToken))));
        }

        while (await ReadAsync(cancellationToken) is { } line)
        {
            switch (line.Trim())
            {
                case "":
                    continue;
                case "/exit" or "/quit" or "/bye":
                    return;
                case "/clear":
                    messages = Begin(system, null);
                    continue;
            }

            messages.Add(new ChatTemplateMessage("user", line));
            try
            {
                messages.Add(new ChatTemplateMessage("assistant", await output.WriteAsync(session.ChatAsync(messages, options, cancellationToken))));
            }
            catch (PromptTooLongException e)
            {
                messages.RemoveAt(messages.Count - 1);
                invocation.Messages.Fail(Failure.From(e) with { Advice = ["Say less, or begin anew with /clear."] });
            }
        }
    }

    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        CliConsole console = invocation.Console;
        await console.Error.WriteAsync(Mark);
        await console.Error.FlushAsync(cancellationToken);

        // A terminal's line cannot be waited for otherwise; the thread that reads it ends with the process.
        string? line = await Task.Run(console.In.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        if (line is null)
        {
            await console.Error.WriteLineAsync();
        }

        return line;
    }
}
