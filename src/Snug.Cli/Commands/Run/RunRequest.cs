namespace Snug.Cli;

/// <summary>What <c>snug run</c> is to run, and on what.</summary>
/// <param name="Model">The repository, folder or file.</param>
/// <param name="IsDemonstration">Whether the model is the bundled one, since none was named.</param>
/// <param name="Prompt">What the model answers or goes on with; null for a conversation.</param>
/// <param name="Opening">The first question of a conversation, where one is asked for the user.</param>
internal sealed record RunRequest(string Model, bool IsDemonstration, string? Prompt, string? Opening)
{
    /// <summary>The model that runs where none is named.</summary>
    public const string DemonstrationModel = "snug/demonstration-model";

    /// <summary>What the demonstration model is asked where nobody asks anything.</summary>
    private const string FirstQuestion = "What can you do?";

    /// <summary>What it goes on with where there is no chat template.</summary>
    private const string FirstWords = "Once upon a time";

    /// <summary>How long input may take to begin where it is not known whether any comes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string[] FileExtensions = [".gguf", ".safetensors"];

    /// <summary>Sorts out the arguments, and reads the prompt from standard input where it is there.</summary>
    /// <param name="console">Input, clock.</param>
    /// <param name="first">What is written first: MODEL, or PROMPT alone.</param>
    /// <param name="second">What is written second: PROMPT.</param>
    /// <param name="isRaw">Whether the chat template is left out.</param>
    /// <param name="converses">Whether a conversation can be had if nothing else is asked for.</param>
    /// <param name="cancellationToken">Ends the wait for input.</param>
    /// <exception cref="CliException">There is no prompt, and one is needed.</exception>
    public static async Task<RunRequest> ReadAsync(
        CliConsole console, string? first, string? second, bool isRaw, bool converses, CancellationToken cancellationToken)
    {
        (string? model, string? prompt) = second is null && first is not null && IsPrompt(first) ? (null, first) : (first, second);
        bool isDemonstration = model is null;
        string? opening = null;
        if (prompt == "-")
        {
            prompt = await ReadAsync(console, cancellationToken);
        }
        else if (prompt is null && !console.IsInTerminal)
        {
            prompt = isDemonstration ? await ReadIfOfferedAsync(console, cancellationToken) : await ReadAsync(console, cancellationToken);
        }

        if (prompt is null && isDemonstration)
        {
            opening = isRaw ? FirstWords : FirstQuestion;
            prompt = console.IsInTerminal && converses ? null : opening;
        }

        if (prompt is null && !converses)
        {
            throw CliException.Usage("There is no PROMPT, which --raw and --json need.", "Give it behind MODEL, or send it to standard input.");
        }

        return new RunRequest(model ?? DemonstrationModel, isDemonstration, prompt, opening);
    }

    /// <summary>
    /// Whether a lone argument is a prompt: names of repositories have no spaces, and what is there under its name, or is written like a
    /// path, is a file.
    /// </summary>
    private static bool IsPrompt(string argument) =>
        argument == "-" || (argument.Any(char.IsWhiteSpace)
            && !File.Exists(argument) && !Directory.Exists(argument) && !Path.IsPathRooted(argument)
            && !argument.StartsWith("./", StringComparison.Ordinal) && !argument.StartsWith("../", StringComparison.Ordinal)
            && !FileExtensions.Contains(Path.GetExtension(argument)));

    private static async Task<string> ReadAsync(CliConsole console, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(console.OpenIn(), System.Text.Encoding.UTF8);
        return Trim(await reader.ReadToEndAsync(cancellationToken)) is { Length: > 0 } text
            ? text
            : throw CliException.Usage("Standard input is empty.", "Give the prompt behind MODEL, or send it to standard input.");
    }

    /// <summary>
    /// Reads standard input if there is anything: a program that starts this one may leave its own input open, on which nothing ever comes.
    /// </summary>
    private static async Task<string?> ReadIfOfferedAsync(CliConsole console, CancellationToken cancellationToken)
    {
        StreamReader reader = new(console.OpenIn(), System.Text.Encoding.UTF8);

        // The wait for a pipe cannot be cancelled; the thread that waits ends with the process.
        Task<int> beginning = Task.Run(reader.Peek, cancellationToken);
        try
        {
            if (await beginning.WaitAsync(Patience, console.Time, cancellationToken) < 0)
            {
                return null;
            }
        }
        catch (TimeoutException)
        {
            return null;
        }

        string text = Trim(await reader.ReadToEndAsync(cancellationToken));
        return text.Length > 0 ? text : null;
    }

    /// <summary>The line end that every command puts behind its output is no part of what is asked.</summary>
    private static string Trim(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
}
