using System.CommandLine;

namespace Snug.Cli;

/// <summary>The option that names a project.</summary>
internal static class ProjectOption
{
    public static Option<string?> Create() => new("--project")
    {
        Description = "The folder of the project, with its snug.json and .env (default: this one).",
        HelpName = "DIR",
    };
}
