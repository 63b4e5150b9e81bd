using Microsoft.Extensions.Logging;
using Snug.Hub;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Hosting;

/// <content>What is said about models. Every line names the model, and begins so that a search for the provider finds it.</content>
internal sealed partial class ModelDirectory
{
    private void LogReady(ModelEntry entry, CachedSnapshot snapshot, TimeSpan elapsed)
    {
        if (snapshot.TransferredFiles == 0)
        {
            LogVerified(_log, entry.Name, entry.Repository, snapshot.Commit, snapshot.Files.Count, snapshot.Directory);
        }
        else
        {
            LogDownloaded(_log, entry.Name, entry.Repository, snapshot.Commit, snapshot.TransferredFiles, snapshot.TransferredBytes, elapsed.TotalSeconds, snapshot.Directory);
        }
    }

    private void LogFailure(ModelEntry entry, Exception failure)
    {
        if (failure is HubException or ModelFormatException or TokenizerException)
        {
            LogFailed(_log, entry.Name, entry.Repository, entry.Status.FailureCode!, FailureText.Of(failure));
        }
        else
        {
            LogUnexpected(_log, entry.Name, entry.Repository, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "huggingface: model {Model}: checking {Repository} at {Revision}", EventName = "ModelChecking")]
    private static partial void LogChecking(ILogger logger, string model, RepositoryId repository, string revision);

    [LoggerMessage(
        2, LogLevel.Information,
        "huggingface: model {Model}: {Repository} at {Commit} is verified, {Files} files present, nothing to download: {Directory}",
        EventName = "ModelVerified")]
    private static partial void LogVerified(ILogger logger, string model, RepositoryId repository, string commit, int files, string directory);

    [LoggerMessage(
        3, LogLevel.Information,
        "huggingface: model {Model}: {Repository} at {Commit} is downloaded and verified, {Files} files, {Bytes} bytes in {Seconds:0.0} s: {Directory}",
        EventName = "ModelDownloaded")]
    private static partial void LogDownloaded(
        ILogger logger, string model, RepositoryId repository, string commit, int files, long bytes, double seconds, string directory);

    [LoggerMessage(4, LogLevel.Error, "huggingface: model {Model}: {Repository} cannot be had ({Code}): {Failure}", EventName = "ModelFailed")]
    private static partial void LogFailed(ILogger logger, string model, RepositoryId repository, string code, string failure);

    [LoggerMessage(5, LogLevel.Error, "huggingface: model {Model}: {Repository} cannot be had (unexpected)", EventName = "ModelFailedUnexpectedly")]
    private static partial void LogUnexpected(ILogger logger, string model, RepositoryId repository, Exception failure);
}
