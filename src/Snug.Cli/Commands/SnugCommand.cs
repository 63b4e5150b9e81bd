using System.CommandLine;

namespace Snug.Cli;

/// <summary>A command: its syntax in the constructor, its work in <see cref="RunAsync"/>.</summary>
internal abstract class SnugCommand : Command
{
    protected SnugCommand(string name, string description, CliConsole console, CommonOptions common)
        : base(name, description)
    {
        Common = common;
        SetAction(async (parse, cancellationToken) =>
        {
            Invocation invocation = new(console, common, parse);
            try
            {
                return await RunAsync(invocation, cancellationToken);
            }
            finally
            {
                invocation.RecordUsage();
            }
        });
    }

    protected CommonOptions Common { get; }

    /// <summary>Lines shown under "Examples" in the command's help.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    /// <summary>Does the work.</summary>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken);

    protected void AddAll(params Option[] options)
    {
        foreach (Option option in options)
        {
            Add(option);
        }
    }
}
