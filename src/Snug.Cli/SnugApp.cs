using System.CommandLine;
using System.CommandLine.Invocation;

namespace Snug.Cli;

/// <summary>The tool: finds the command, runs it, and turns whatever happens into output and an exit code.</summary>
internal static class SnugApp
{
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code; no exception leaves this method.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliConsole console, CancellationToken cancellationToken)
    {
        CommonOptions common = new();
        bool json = arguments.Contains("--json");
        bool jsonProgress = false;
        try
        {
            ParseResult parse = CreateRoot(console, common).Parse(arguments, Parsing);
            if (UsageErrors.Find(parse) is { } wrongUse)
            {
                throw wrongUse;
            }

            jsonProgress = parse.GetValue(common.Progress) == "json";

            // Ctrl-C arrives through the token: what ends a command must not depend on who runs it.
            InvocationConfiguration invocation = new()
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(invocation, cancellationToken);
        }
        catch (Exception error)
        {
            return Report(error, console, new Messages(console, isQuiet: false, jsonProgress), json, cancellationToken);
        }
    }

    private static int Report(Exception error, CliConsole console, Messages messages, bool json, CancellationToken cancellationToken)
    {
        Failure failure = error is OperationCanceledException && cancellationToken.IsCancellationRequested
            ? Failure.Cancelled
            : Failure.From(error);
        messages.Fail(failure);
        if (failure.ExitCode == ExitCodes.Unexpected && console.Variable("SNUG_TRACE") is "1")
        {
            console.Error.WriteLine(error);
        }

        if (json)
        {
            JsonOutput.Write(console.Out, failure.Write);
        }

        return failure.ExitCode;
    }

    /// <summary>All commands.</summary>
    public static RootCommand CreateRoot(CliConsole console, CommonOptions common)
    {
        CacheCommand cache = new(console, common);
        AuthCommand auth = new(console, common);
        RootCommand root = new("Hugging Face models for .NET: download, verify and cache them, run them, and serve them to others.")
        {
            new RunCommand(console, common),
            new EmbedCommand(console, common),
            new DownloadCommand(console, common),
            new EnsureCommand(console, common),
            new JobsCommand(console, common),
            new FilesCommand(console, common),
            new InfoCommand(console, common),
            cache,
            new LoginCommand(console, common),
            new LogoutCommand(console, common),
            new WhoAmICommand(console, common),
            auth,
            new UsageCommand(console, common),
            new SetupCommand(console, common),
            new StatusCommand(console, common),
            new ExecCommand(console, common),
            new DoctorCommand(console, common),
            new VerifyAccessCommand(console, common),
            new ProvidersCommand(console, common),
            new TokenizeCommand(console, common),
            new RenderCommand(console, common),
            new EnvCommand(console, common),
            new ServeCommand(console, common),
            new DemoCommand(console, common),
        };
        root.Add(common.Verbose);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        SynchronousCommandLineAction help = HelpText.Install(root, console);
        HelpText.ShowWithoutCommand(root, help);
        cache.ShowHelp(help);
        auth.ShowHelp(help);
        return root;
    }
}
