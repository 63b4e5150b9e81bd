using System.CommandLine;
using System.CommandLine.Invocation;

namespace Snug.Cli;

/// <summary><c>snug auth</c>: groups the commands about stored tokens, under the names that <c>hf auth</c> has.</summary>
internal sealed class AuthCommand : Command
{
    public AuthCommand(CliConsole console, CommonOptions common)
        : base("auth", "List stored access tokens and switch between them. " + AuthenticationText.Optional)
    {
        Add(new AuthListCommand(console, common));
        Add(new AuthSwitchCommand(console, common));
        Add(new LoginCommand(console, common));
        Add(new LogoutCommand(console, common));
        Add(new WhoAmICommand(console, common));
    }

    /// <summary>Without a command of the group, its help is shown.</summary>
    public void ShowHelp(SynchronousCommandLineAction help) => HelpText.ShowWithoutCommand(this, help);
}
