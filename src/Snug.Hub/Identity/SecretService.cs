namespace Snug.Hub;

/// <summary>The Secret Service of Linux and BSD desktops (GNOME Keyring, KWallet, KeePassXC), through its <c>secret-tool</c>.</summary>
internal sealed class SecretService(string item) : Keychain
{
    private const string Tool = "secret-tool";
    private const string Advice = "install it (Debian and Ubuntu: libsecret-tools) and unlock a keyring, or use: snug login --store file";

    public override string Name => "Secret Service";

    public override string? FindProblem()
    {
        // Looking for what cannot be there tells whether the tool is installed and whether a service answers it.
        return HelperProgram.Run(Tool, ["lookup", "service", item + " (probe)"]) switch
        {
            null => $"The program '{Tool}' is not installed or does not answer; {Advice}.",
            { ExitCode: not 0, Complaint: var complaint } result when !IsNothingFound(result) => $"The Secret Service does not answer ({complaint}); {Advice}.",
            _ => null,
        };
    }

    protected override string? ReadSecret()
    {
        HelperResult result = Run(["lookup", "service", item]);
        return result.ExitCode == 0 ? result.Output : IsNothingFound(result) ? null : throw Failed($"cannot be read ({result.Complaint})");
    }

    protected override void WriteSecret(string secret)
    {
        // An item with the same attributes is replaced. The secret is the whole of standard input: no line end may follow it.
        HelperResult result = Run(["store", $"--label={item}", "service", item], secret);
        if (result.ExitCode != 0)
        {
            throw Failed($"cannot store the token ({result.Complaint})");
        }
    }

    protected override bool DeleteSecret()
    {
        bool exists = ReadSecret() is not null;
        HelperResult result = Run(["clear", "service", item]);
        return result.ExitCode == 0 || IsNothingFound(result) ? exists : throw Failed($"cannot remove the token ({result.Complaint})");
    }

    /// <summary>The tool fails without a word when it finds nothing.</summary>
    private static bool IsNothingFound(HelperResult result) => result.ExitCode == 1 && result.Complaint == "exit code 1";

    private HelperResult Run(string[] arguments, string input = "") =>
        HelperProgram.Run(Tool, arguments, input) ?? throw Failed($"cannot be reached: '{Tool}' is not installed or does not answer; {Advice}");
}
