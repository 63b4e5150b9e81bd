using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug login</c>: asks for a token, has the Hub confirm it, and only then stores it.</summary>
internal sealed class LoginCommand : SnugCommand
{
    private const int MaxInputLength = 64 * 1024;

    private readonly Option<string?> _token = new("--token")
    {
        Description = "The token; '-' reads it from standard input. Other users of the machine can see a command line: prefer the prompt or '-'.",
        HelpName = "TOKEN",
    };

    private readonly Option<string?> _name = new("--name") { Description = "The name to store it under (default: its name on the Hub).", HelpName = "NAME" };

    private readonly Option<string> _store = new("--store")
    {
        Description = "Where it is kept: a file that only you can read, which the Python client finds too, or the system's keychain.",
        HelpName = "file|keychain",
        DefaultValueFactory = _ => "file",
    };

    private readonly Option<bool> _git = new("--add-to-git-credential") { Description = "Give it to git's credential helper as well." };

    public LoginCommand(CliConsole console, CommonOptions common)
        : base("login", "Store an access token, after the Hub has confirmed it. " + AuthenticationText.Optional, console, common)
    {
        _store.AcceptOnlyFromAmong("file", "keychain");
        AddAll(_token, _name, _store, _git, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
        ["snug login", "snug login --token - < token.txt", "snug login --store keychain", "snug login --name work --add-to-git-credential"];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        // A login is for the machine, so the folder that one happens to be in has no say: not in the endpoint, not in the place.
        HubSettings settings = invocation.MachineSettings();
        TokenStore store = new(settings, timeProvider: invocation.Console.Time);
        bool toKeychain = invocation.Get(_store) == "keychain";
        if (toKeychain && Keychain.System.FindProblem() is { } problem)
        {
            throw new CliException(ExitCodes.Storage, "token_storage", problem);
        }

        AccessToken token = await ReadTokenAsync(invocation, settings, cancellationToken);
        HubClientOptions options = invocation.ClientOptions();
        options.UseDotEnv = false;
        options.Token = token;

        // Of a token that the Hub refuses nothing is written, not even that it was asked about.
        using HubClient hub = invocation.CreateHub(options, counts: false);
        HubIdentity identity = await hub.WhoAmIAsync(cancellationToken);

        string name = invocation.Get(_name) ?? NameFor(identity);
        if (toKeychain)
        {
            await store.SaveToKeychainAsync(name, token, cancellationToken);
        }
        else
        {
            await store.SaveAsync(name, token, cancellationToken);
        }

        string? gitProblem = null;
        bool inGit = invocation.Get(_git) && (gitProblem = GitCredentials.TryAdd(settings.Endpoint, token)) is null;
        string place = toKeychain ? Keychain.System.Name : store.TokenPath;
        Report(invocation, settings, identity, token, name, place, inGit);
        if (gitProblem is not null)
        {
            invocation.Messages.Warn(gitProblem);
        }

        return ExitCodes.Done;
    }

    private static void Report(
        Invocation invocation, HubSettings settings, HubIdentity identity, AccessToken token, string name, string place, bool inGit)
    {
        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteString("endpoint", settings.Endpoint.AbsoluteUri.TrimEnd('/'));
                json.WriteString("storedAs", name);
                json.WriteString("storedIn", place);
                json.WriteBoolean("gitCredential", inGit);
                IdentityView.Write(json, identity);
            });
        }
        else
        {
            Sections sections = new(invocation.Console);
            sections.Add("", IdentityView.Rows(identity, now));
            sections.Write();
        }

        invocation.Messages.Done(Text.Printable($"Logged in as {identity.Name}. The token '{name}' is stored in {place}") + (inGit ? " and in git's credential helper." : "."));
        foreach (string warning in IdentityView.Warnings(identity, settings.Endpoint, now))
        {
            invocation.Messages.Warn(warning);
        }

        invocation.WarnOfOverridingToken(token);
    }

    private async Task<AccessToken> ReadTokenAsync(Invocation invocation, HubSettings settings, CancellationToken cancellationToken)
    {
        string? given = invocation.Get(_token);
        CliConsole console = invocation.Console;
        string? text = given is not null and not "-" ? given
            : given is null && console.IsInTerminal ? await PromptAsync(invocation, settings, cancellationToken)
            : await ReadInputAsync(console, cancellationToken);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw CliException.Usage(
                "No token was given.",
                $"Get one at {settings.Endpoint.AbsoluteUri.TrimEnd('/')}/settings/tokens; read permission is enough.",
                "Run 'snug login' in a terminal and paste it, or pipe it into 'snug login --token -'.");
        }

        AccessToken token = AccessToken.Parse(text);
        return !text.Trim().StartsWith("api_org", StringComparison.Ordinal)
            ? token
            : throw new CliException(
                ExitCodes.Token, "invalid_token", "This is the token of an organization, which cannot log in.", "Use a token of your own account.");
    }

    private static async Task<string?> PromptAsync(Invocation invocation, HubSettings settings, CancellationToken cancellationToken)
    {
        CliConsole console = invocation.Console;
        void Ask()
        {
            console.Error.WriteLine($"Get a token at {settings.Endpoint.AbsoluteUri.TrimEnd('/')}/settings/tokens; read permission is enough.");
            console.Error.Write("Paste the token and press Enter (it is not shown): ");
            console.Error.Flush();
        }

        try
        {
            return await console.ReadSecret(Ask, cancellationToken);
        }
        catch (IOException)
        {
            throw CliException.Usage("This terminal cannot hide what is typed.", "Pipe the token into 'snug login --token -', or set HF_TOKEN.");
        }
        finally
        {
            console.Error.WriteLine();
        }
    }

    private static async Task<string> ReadInputAsync(CliConsole console, CancellationToken cancellationToken)
    {
        char[] buffer = new char[MaxInputLength];
        int length = await console.In.ReadBlockAsync(buffer, cancellationToken);
        return length < buffer.Length ? new string(buffer, 0, length) : throw CliException.Usage("What comes through standard input is too long for a token.");
    }

    /// <summary>The names that the Python client gives.</summary>
    private static string NameFor(HubIdentity identity)
    {
        string name = string.Concat((identity.Token.Name ?? "").Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return name.Length is > 0 and <= 200 && name != "DEFAULT" ? name : $"oauth-{identity.Name}";
    }
}
