namespace Snug.Hub;

/// <summary>
/// The login keychain of macOS, through the system's own <c>security</c> program. The token reaches it as a command on standard input:
/// arguments can be seen by every user.
/// </summary>
internal sealed class MacKeychain(string item) : Keychain
{
    private const string Tool = "/usr/bin/security";
    private const int NotFound = 44;

    public override string Name => "macOS Keychain";

    public override string? FindProblem() =>
        File.Exists(Tool) ? null : $"The program '{Tool}' is missing; use: snug login --store file.";

    /// <summary>The command that stores a secret, as the program reads it: words in double quotes, with backslashes before quotes and backslashes.</summary>
    internal static string StoreCommand(string item, string secret) =>
        $"add-generic-password -U -s {Quote(item)} -a {Quote(item)} -w {Quote(secret)}\n";

    protected override string? ReadSecret()
    {
        HelperResult result = Run(["find-generic-password", "-s", item, "-a", item, "-w"]);
        return result.ExitCode switch
        {
            0 => result.Output.TrimEnd('\n'),
            NotFound => null,
            _ => throw Failed($"cannot be read ({result.Complaint})"),
        };
    }

    protected override void WriteSecret(string secret)
    {
        // The interactive mode does not pass on the exit code of its commands, so what was stored is read back.
        HelperResult result = Run(["-i"], StoreCommand(item, secret));
        if (result.ExitCode != 0 || ReadSecret() != secret)
        {
            throw Failed($"cannot store the token ({result.Complaint})");
        }
    }

    protected override bool DeleteSecret() => Run(["delete-generic-password", "-s", item, "-a", item]) switch
    {
        { ExitCode: 0 } => true,
        { ExitCode: NotFound } => false,
        var result => throw Failed($"cannot remove the token ({result.Complaint})"),
    };

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private HelperResult Run(string[] arguments, string input = "") =>
        HelperProgram.Run(Tool, arguments, input) ?? throw Failed($"cannot be reached: '{Tool}' is missing or does not answer");
}
