using Snug.Hub;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary>Takes what a command line names as its MODEL from this machine, or from the Hub with progress on screen.</summary>
/// <param name="invocation">What was asked for.</param>
/// <param name="client">Options of the client; what the command line and the environment say when missing.</param>
internal sealed class ModelSource(Invocation invocation, HubClientOptions? client = null)
{
    private static readonly string[] FileExtensions = [".json", ".model", ".spm", ".tiktoken", ".txt", ".jinja", ".gguf", ".safetensors"];

    /// <summary>The file or folder of this machine that is named; null for the name of a repository.</summary>
    /// <exception cref="CliException">It is empty, or written like a path, and nothing is there.</exception>
    public static string? FindLocal(string model)
    {
        if (string.IsNullOrWhiteSpace(model))
        {
            throw CliException.Usage("MODEL is empty.", "Name a repository (namespace/name), a folder or a file; is the variable set that it comes from?");
        }

        if (File.Exists(model) || Directory.Exists(model))
        {
            return model;
        }

        return LooksLikePath(model)
            ? throw new CliException(ExitCodes.NotFound, "file_not_found", $"There is no file or folder '{model}'.", "Check the name, or name a repository: namespace/name.")
            : null;
    }

    /// <summary>Takes something from the Hub; what was downloaded is said, and nothing when all was present.</summary>
    /// <param name="take">Does it, with the client's options.</param>
    /// <param name="sourceOf">Tells what it cost.</param>
    public async Task<T> FetchAsync<T>(Func<PretrainedModelOptions, Task<T>> take, Func<T, PretrainedSource?> sourceOf)
    {
        // The Hub of the demonstration is this program: what it is asked is nobody's usage.
        using HubClient hub = client is null ? invocation.CreateHub() : invocation.CreateHub(client, counts: false);
        long start = invocation.Console.Time.GetTimestamp();
        T taken;
        await using (ProgressView view = invocation.ShowProgress(hub.ResolveSettings()))
        {
            taken = await take(new PretrainedModelOptions { Client = hub, Revision = invocation.Get(invocation.Common.Revision), Progress = view });
        }

        if (sourceOf(taken) is { TransferredFiles: > 0 } source)
        {
            TimeSpan time = invocation.Console.Time.GetElapsedTime(start);
            invocation.Messages.Done(DownloadRun.Downloaded(
                source.Repository!, Text.Count(source.TransferredFiles, "file") + " downloaded", source.TransferredBytes, time, source.Commit!));
        }

        return taken;
    }

    private static bool LooksLikePath(string model) =>
        Path.IsPathRooted(model) || model.StartsWith('.') || model.Contains('\\', StringComparison.Ordinal)
        || (!model.Contains("://", StringComparison.Ordinal) && FileExtensions.Contains(Path.GetExtension(model)));
}
