using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug auth switch</c>: makes another stored token the active one.</summary>
internal sealed class AuthSwitchCommand : SnugCommand
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "The name of a stored token, as 'snug auth list' shows it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _tokenName = new("--token-name") { Description = "The same, as 'hf auth switch' takes it.", HelpName = "NAME" };

    private readonly Option<bool> _git = new("--add-to-git-credential") { Description = "Give it to git's credential helper as well." };

    public AuthSwitchCommand(CliConsole console, CommonOptions common)
        : base("switch", "Make another stored token the active one; sends no request.", console, common)
    {
        Add(_name);
        AddAll(_tokenName, _git, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples => ["snug auth switch work", "snug auth switch --token-name work"];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        string name = invocation.Get(_name) ?? invocation.Get(_tokenName)
            ?? throw CliException.Usage("snug auth switch: the name of a token is missing.", "Run 'snug auth list' to see the names.");
        HubSettings settings = invocation.MachineSettings();
        TokenStore store = new(settings, timeProvider: invocation.Console.Time);
        await store.SwitchAsync(name, cancellationToken);
        AccessToken? token = store.List().FirstOrDefault(t => t.IsActive)?.Token;
        bool inGit = false;
        if (invocation.Get(_git) && token is not null)
        {
            string? problem = GitCredentials.TryAdd(settings.Endpoint, token);
            inGit = problem is null;
            if (problem is not null)
            {
                invocation.Messages.Warn(problem);
            }
        }

        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteString("active", name);
                json.WriteString("token", token?.Masked);
                json.WriteBoolean("gitCredential", inGit);
            });
        }

        invocation.Messages.Done(Text.Printable($"The active token is now '{name}'."));
        if (token is not null)
        {
            invocation.WarnOfOverridingToken(token);
        }

        return ExitCodes.Done;
    }
}
