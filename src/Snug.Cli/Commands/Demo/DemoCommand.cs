namespace Snug.Cli;

/// <summary>
/// <c>snug demo</c>: what the tool does, told with the tool itself against a Hub on this machine. Every command line on screen is
/// really run, every number is measured.
/// </summary>
internal sealed class DemoCommand : SnugCommand
{
    private const string AliceToken = "hf_DEMOaliceREAD00000000000000000000000000000";

    /// <summary>Slow enough to watch a megabyte arrive.</summary>
    private const string WatchableRate = "450k";

    public DemoCommand(CliConsole console, CommonOptions common)
        : base("demo", "See everything at work on this machine; needs no network and no account.", console, common)
    {
    }

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        RequestCounter requests = new();
        await using EmbeddedHub hub = await EmbeddedHub.StartAsync(preloads: true, requests.Use, cancellationToken);
        DemoStage stage = new(invocation.Console, hub.Endpoint, hub.Home, requests);
        await TellAsync(stage, hub.Endpoint, cancellationToken);
        return ExitCodes.Done;
    }

    private static async Task TellAsync(DemoStage stage, Uri endpoint, CancellationToken cancellationToken)
    {
        await stage.BeginAsync(
            "snug: Hugging Face models, at home in .NET",
            $"A small Hub with bundled repositories is listening on {endpoint.AbsoluteUri.TrimEnd('/')}, and a fresh cache is in a temporary "
            + "folder. Nothing leaves this machine. Every line after a $ is really run.",
            cancellationToken);

        await stage.StepAsync("Download a model", "Files come in parallel; length and hash are checked while the bytes arrive.", cancellationToken);
        await stage.RunAsync(ExitCodes.Done, cancellationToken, ["download", "snug/tiny-model", .. stage.IsLive ? ["--limit-rate", WatchableRate] : Array.Empty<string>()]);
        stage.Tell($"{Text.Count(stage.Requests, "request")}: one for the commit, one for the listing, the rest for content.");

        await stage.StepAsync("Once more, offline", "What is cached is never asked for again.", cancellationToken);
        await stage.RunAsync(ExitCodes.Done, cancellationToken, "download", "snug/tiny-model", "--offline");
        stage.Tell($"{Text.Count(stage.Requests, "request")} this time.");
        DemoStage.Require(stage.Requests == 0);

        await stage.StepAsync(
            "A model that is a folder", "Core ML packages are folders that count as one file: fetched file by file, published only whole.", cancellationToken);
        await stage.RunAsync(ExitCodes.Done, cancellationToken, "download", "snug/tiny-package", "Tiny.mlpackage");

        await stage.StepAsync("Look into the cache", "The same folders that Python's huggingface_hub reads and writes.", cancellationToken);
        await stage.RunAsync(ExitCodes.Done, cancellationToken, "cache", "list");

        await stage.StepAsync("A gated model", "Some models want their terms accepted first. The refusal says what to do, in order.", cancellationToken);
        await stage.RunAsync(ExitCodes.Access, cancellationToken, "download", "snug/gated-model");
        stage.Tell($"Exit code {ExitCodes.Access}: scripts can tell it from a missing model or a broken network.");

        await stage.StepAsync("The same, as somebody who has access", "Alice accepted the terms of this demonstration.", cancellationToken);
        await stage.RunWithTokenAsync(AliceToken, cancellationToken, "download", "snug/gated-model");

        stage.End(
            [
                ("snug download openai/whisper-tiny", "a real model from the Hub"),
                ("snug ensure -m MODEL -m MODEL", "models for a container or a CI job"),
                ("snug serve", "your cache as a Hub for other machines"),
                ("snug --help", "everything else"),
            ]);
    }
}
