using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug auth list</c>: the tokens that are stored on this machine.</summary>
internal sealed class AuthListCommand : SnugCommand
{
    public AuthListCommand(CliConsole console, CommonOptions common)
        : base("list", "List the stored tokens, masked; sends no request.", console, common)
    {
        Aliases.Add("ls");
        AddAll(common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples => ["snug auth list", "snug auth list --json"];

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        TokenStore store = new(invocation.MachineSettings(), timeProvider: invocation.Console.Time);
        IReadOnlyList<StoredToken> tokens = store.List();
        HubSettings inForce = HubSettings.Resolve(invocation.ClientOptions());
        if (invocation.IsJson)
        {
            WriteJson(invocation, tokens, inForce);
        }
        else
        {
            WriteTable(invocation, tokens);
        }

        if (tokens.Count == 0)
        {
            invocation.Messages.Hint("No tokens are stored; 'snug login' stores one. " + AuthenticationText.Optional);
        }

        AccessToken? active = tokens.FirstOrDefault(t => t.IsActive)?.Token;
        if (inForce.Token is not null && inForce.Token != active)
        {
            invocation.Messages.Warn(Text.Printable($"The token in force here comes from {inForce.TokenSource}, not from this list."));
        }
        else if (tokens.Count > 0 && active is null && inForce.Token is null)
        {
            invocation.Messages.Warn("No stored token is active; 'snug auth switch NAME' makes one active.");
        }

        return Task.FromResult(ExitCodes.Done);
    }

    private static void WriteTable(Invocation invocation, IReadOnlyList<StoredToken> tokens)
    {
        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        Table table = new(new("ACTIVE"), new("NAME"), new("TOKEN"), new("STORE"), new("EXPIRES"));
        foreach (StoredToken token in tokens)
        {
            table.Add(
                new TableCell(token.IsActive ? "active" : "", token.IsActive ? "*" : ""),
                token.Name ?? "(unnamed)",
                token.Token?.Masked ?? "(not readable)",
                StoreOf(token),
                token.ExpiresAt is { } expires ? new TableCell(Exact(expires), IdentityView.DaysLeft(expires, now)) : "");
        }

        table.Write(invocation.Console);
    }

    private static string StoreOf(StoredToken token) => token.IsInKeychain ? "keychain" : "file";

    private static string Exact(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static void WriteJson(Invocation invocation, IReadOnlyList<StoredToken> tokens, HubSettings inForce) => invocation.WriteJson(json =>
    {
        json.WriteStartArray("tokens");
        foreach (StoredToken token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("name", token.Name);
            json.WriteString("token", token.Token?.Masked);
            json.WriteBoolean("active", token.IsActive);
            json.WriteString("store", StoreOf(token));
            json.WriteTime("expiresAt", token.ExpiresAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("inForce", inForce.TokenSource);
    });
}
