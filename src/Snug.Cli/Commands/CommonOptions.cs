using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>Options that several commands share. One set for each run: a set knows the commands it belongs to.</summary>
internal sealed class CommonOptions
{
    public static readonly string[] ProgressModes = ["auto", "plain", "json", "none"];

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document instead of text." };

    public Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Say nothing on standard error but errors." };

    /// <summary>Once: what the client does beyond its requests; twice: every request, too.</summary>
    public Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Log what happens to standard error; -vv logs every request, too.",
        Recursive = true,
        Arity = ArgumentArity.Zero,
    };

    public Option<string?> Progress { get; } = Among("--progress", "How progress is shown on standard error.", ProgressModes);

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "The access token to use. Other users of the machine can see it; prefer HF_TOKEN.",
        HelpName = "TOKEN",
    };

    public Option<string?> CacheDirectory { get; } = new("--cache-dir")
    {
        Description = "The cache to use (default: HF_HUB_CACHE, or 'hub' in HF_HOME).",
        HelpName = "DIR",
    };

    public Option<bool> Offline { get; } = new("--offline") { Description = "Send no request; use what is in the cache." };

    public Option<bool> Background { get; } = new("--background") { Description = "Return at once and go on without this terminal; 'snug jobs' shows how far it is." };

    public Option<string?> Type { get; } =
        Among("--type", "What REPO is, where its text does not say it (default: model).", ["model", "dataset", "space"]);

    public Option<string?> Revision { get; } = new("--revision")
    {
        Description = "A branch, tag, commit or refs/pr/N (default: main).",
        HelpName = "REV",
    };

    public static Argument<string> Repository() => new("REPO")
    {
        Description = "A repository: name, namespace/name, datasets/namespace/name, an hf:// URI, or the address of its page.",
    };

    /// <summary>The client's options that the command line decides; the rest comes from the environment.</summary>
    public HubClientOptions ReadClient(ParseResult parse, CliConsole console)
    {
        HubClientOptions options = new()
        {
            Token = parse.GetValue(Token) is { } token ? AccessToken.Parse(token) : null,
            CacheDirectory = parse.GetValue(CacheDirectory) is { } directory ? ValidateDirectory(directory) : null,
            Offline = parse.GetValue(Offline) ? true : null,
            ReadVariable = console.Variable,
            DotEnvPath = console.WorkingDirectory is { } folder ? Path.Join(folder, DotEnvFile.DefaultName) : null,
            UserAgent = "snug/" + Versions.Snug,
        };
        console.AdjustClient?.Invoke(options);
        return options;
    }

    /// <summary>The repository that was named, with the revision and path that its text or <c>--revision</c> says.</summary>
    public RepositoryReference ReadRepository(ParseResult parse, string text, HubSettings settings)
    {
        RepositoryReference reference = RepositoryReference.Parse(text, settings.Endpoint);
        if (parse.GetValue(Type) is { } typeName)
        {
            RepositoryType type = Enum.Parse<RepositoryType>(typeName, ignoreCase: true);
            if (reference.Repository.Type is not RepositoryType.Model && reference.Repository.Type != type)
            {
                throw CliException.Usage(
                    $"'{text}' names a {reference.Repository.Type.ToString().ToLowerInvariant()}, but --type says {typeName}.",
                    "Drop --type, or name the repository without the prefix.");
            }

            reference = reference with { Repository = RepositoryId.Create(type, reference.Repository.FullName) };
        }

        return parse.GetValue(Revision) is { } revision ? reference with { Revision = revision } : reference;
    }

    private static Option<string?> Among(string name, string description, string[] values)
    {
        Option<string?> option = new(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static string ValidateDirectory(string directory) => directory.Trim().Length > 0
        ? directory
        : throw CliException.Usage("--cache-dir is empty.", "Name a folder, or drop the option to use the usual cache.");
}
