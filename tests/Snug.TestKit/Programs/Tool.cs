using System.ComponentModel;
using Xunit;

namespace Snug.TestKit;

/// <summary>A program that tests compare with and that a machine may lack.</summary>
public sealed class Tool
{
    private readonly string[] _probe;
    private readonly Lazy<Task<string?>> _problem;

    private Tool(string program, params string[] probe)
    {
        Program = program;
        _probe = probe;
        _problem = new Lazy<Task<string?>>(ProbeAsync);
    }

    /// <summary>Node.js.</summary>
    public static Tool Node { get; } = new("node", "--version");

    /// <summary>npm.</summary>
    public static Tool Npm { get; } = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "--version");

    /// <summary>curl.</summary>
    public static Tool Curl { get; } = new("curl", "--version");

    /// <summary>aria2.</summary>
    public static Tool Aria2 { get; } = new("aria2c", "--version");

    /// <summary>git.</summary>
    public static Tool Git { get; } = new("git", "--version");

    /// <summary><c>script</c> of util-linux, which runs a program on a terminal of its own.</summary>
    public static Tool Script { get; } = new("script", "--version");

    /// <summary><c>setpriv</c> of util-linux, with which root runs a program as somebody else.</summary>
    public static Tool SetPriv { get; } = new("setpriv", "--version");

    /// <summary>What runs a program with a message bus of its own.</summary>
    public static Tool DBusSession { get; } = new("dbus-run-session", "--version");

    /// <summary>A Secret Service.</summary>
    public static Tool GnomeKeyring { get; } = new("gnome-keyring-daemon", "--version");

    /// <summary>The Secret Service's client, which has no option that does nothing.</summary>
    public static Tool SecretTool { get; } = new("sh", "-c", "command -v secret-tool");

    /// <summary>Python, whichever it is.</summary>
    public static Tool Python { get; } = new("python3", "--version");

    /// <summary>Debian's Python, with its reader of YAML.</summary>
    public static Tool PythonYaml { get; } = new("/usr/bin/python3", "-c", "import yaml");

    /// <summary>Python with the Hub's own client.</summary>
    public static Tool PythonHub { get; } = new(
        Environment.GetEnvironmentVariable("SNUG_PYTHON") is { Length: > 0 } python ? python : "/usr/bin/python3", "-c", "import huggingface_hub");

    /// <summary>What to run.</summary>
    public string Program { get; }

    /// <summary>Why the program cannot be used, or <see langword="null"/>.</summary>
    public Task<string?> ProblemAsync() => _problem.Value;

    /// <summary>Skips the test where the program is missing, saying why; where <c>CI</c> is true, its absence is a failure.</summary>
    public async Task RequireAsync()
    {
        if (await ProblemAsync() is not { } problem)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(problem);
        }

        Assert.Skip(problem);
    }

    private async Task<string?> ProbeAsync()
    {
        try
        {
            CommandResult result = await CommandRunner.RunAsync(Program, _probe, timeout: TimeSpan.FromSeconds(30));
            return result.ExitCode == 0 ? null : $"'{Program} {string.Join(' ', _probe)}' fails with exit code {result.ExitCode}.";
        }
        catch (Win32Exception)
        {
            return $"The program '{Program}' is not installed.";
        }
    }
}
