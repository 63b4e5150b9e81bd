using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug logout</c>: removes stored tokens.</summary>
internal sealed class LogoutCommand : SnugCommand
{
    private readonly Option<string?> _name = new("--name", "--token-name") { Description = "Remove only the token of this name.", HelpName = "NAME" };

    private readonly Option<bool> _git = new("--remove-git-credential") { Description = "Have git's credential helper forget the token as well." };

    public LogoutCommand(CliConsole console, CommonOptions common)
        : base("logout", "Remove the stored tokens, or one of them; they stay valid on the Hub.", console, common) =>
        AddAll(_name, _git, common.Json, common.Quiet);

    public override IReadOnlyList<string> Examples => ["snug logout", "snug logout --name work"];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubSettings settings = invocation.MachineSettings();
        TokenStore store = new(settings, timeProvider: invocation.Console.Time);
        string? name = invocation.Get(_name);
        bool removed;
        if (name is null)
        {
            removed = await store.RemoveAllAsync(cancellationToken);
        }
        else
        {
            removed = true;
            if (await store.RemoveAsync(name, cancellationToken))
            {
                invocation.Messages.Warn("It was the active token; 'snug auth switch NAME' makes another one active.");
            }
        }

        if (invocation.Get(_git) && GitCredentials.TryRemove(settings.Endpoint) is { } problem)
        {
            invocation.Messages.Warn(problem);
        }

        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteBoolean("removed", removed);
                json.WriteString("name", name);
            });
        }

        if (removed)
        {
            invocation.Messages.Done(Text.Printable(name is null ? "Logged out: no token is stored any more." : $"The token '{name}' is removed."));
        }
        else
        {
            invocation.Messages.Hint("Nobody was logged in.");
        }

        if (name is null)
        {
            invocation.WarnOfOverridingToken(null);
        }

        return ExitCodes.Done;
    }
}
