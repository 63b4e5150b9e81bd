using System.CommandLine;
using System.CommandLine.Invocation;

namespace Snug.Cli;

/// <summary><c>snug cache</c>: groups the commands that look after the cache.</summary>
internal sealed class CacheCommand : Command
{
    public CacheCommand(CliConsole console, CommonOptions common)
        : base("cache", "Look into the cache, check it, and make room in it.")
    {
        Add(new CacheListCommand(console, common));
        Add(new CacheInfoCommand(console, common));
        Add(new CachePathCommand(console, common));
        Add(new CacheVerifyCommand(console, common));
        Add(new CacheRemoveCommand(console, common));
        Add(new CachePruneCommand(console, common));
        Add(new CacheClearCommand(console, common));
    }

    /// <summary>Without a command of the group, its help is shown.</summary>
    public void ShowHelp(SynchronousCommandLineAction help) => HelpText.ShowWithoutCommand(this, help);
}
