using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug cache path</c>: where the cache is, or where something in it is.</summary>
internal sealed class CachePathCommand : SnugCommand
{
    private readonly Argument<string?> _repository = new("REPO")
    {
        Description = "A repository: prints the folder of its snapshot.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "A file of the repository: prints its path.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public CachePathCommand(CliConsole console, CommonOptions common)
        : base("path", "Print where the cache is, or where a cached repository or file is; sends no request.", console, common)
    {
        Add(_repository);
        Add(_file);
        AddAll(common.Revision, common.Type, common.CacheDirectory);
    }

    public override IReadOnlyList<string> Examples =>
        ["snug cache path", "snug cache path openai/whisper-tiny", "snug cache path openai/whisper-tiny config.json"];

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubCache cache = invocation.OpenCache();
        if (invocation.Get(_repository) is not { } text)
        {
            invocation.Write(cache.Directory);
            return Task.FromResult(ExitCodes.Done);
        }

        RepositoryReference asked = invocation.Repository(text, HubSettings.Resolve(invocation.ClientOptions()));
        string? file = invocation.Get(_file) ?? asked.Path;
        string? path = file is null
            ? cache.TryGetSnapshot(asked.Repository, asked.Revision)?.Directory
            : cache.TryGetFile(asked.Repository, file, asked.Revision);
        invocation.Write(path ?? throw CacheErrors.NotCached(asked.Repository, file, cache.Directory));
        return Task.FromResult(ExitCodes.Done);
    }
}
