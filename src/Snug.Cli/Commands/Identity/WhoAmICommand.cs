using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug whoami</c>: who the token in force stands for.</summary>
internal sealed class WhoAmICommand : SnugCommand
{
    public WhoAmICommand(CliConsole console, CommonOptions common)
        : base("whoami", "Show whose token is in force, where it comes from, and what it may do.", console, common) =>
        AddAll(common.Token, common.Json, common.Quiet);

    public override IReadOnlyList<string> Examples => ["snug whoami", "snug whoami --json"];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using HubClient hub = invocation.CreateHub();
        HubSettings settings = hub.ResolveSettings();
        HubIdentity identity = await hub.WhoAmIAsync(cancellationToken);
        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        string source = settings.TokenSource == "option" ? "the command line" : settings.TokenSource!;
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteString("endpoint", settings.Endpoint.AbsoluteUri.TrimEnd('/'));
                json.WriteString("source", source);
                IdentityView.Write(json, identity);
            });
        }
        else
        {
            Sections sections = new(invocation.Console);
            sections.Add("", [.. IdentityView.Rows(identity, now), new SectionRow("from", source), new SectionRow("endpoint", settings.Endpoint.AbsoluteUri.TrimEnd('/'))]);
            sections.Write();
        }

        foreach (string warning in IdentityView.Warnings(identity, settings.Endpoint, now))
        {
            invocation.Messages.Warn(warning);
        }

        return ExitCodes.Done;
    }
}
