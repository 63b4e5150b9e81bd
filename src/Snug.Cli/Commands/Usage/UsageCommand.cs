using System.CommandLine;

namespace Snug.Cli;

/// <summary><c>snug usage</c>: what was asked of the Hub from here, for each day and token, and what is left of its limits.</summary>
internal sealed class UsageCommand : SnugCommand
{
    private const int DefaultDays = 30;

    private readonly Option<int> _days = new("--days")
    {
        Description = $"How many days back, this one included (at most {UsageJournal.MaxDays}).",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultDays,
    };

    public UsageCommand(CliConsole console, CommonOptions common)
        : base("usage", "Show requests and bytes for each day (UTC) and token, and what is left of the Hub's rate limits. Sends no request.", console, common) =>
        AddAll(_days, common.Json, common.Quiet);

    public override IReadOnlyList<string> Examples => ["snug usage", "snug usage --days 7 --json"];

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        int days = invocation.Get(_days);
        if (days is < 1 or > UsageJournal.MaxDays)
        {
            throw CliException.Usage($"'{days}' is not a number of days from 1 to {UsageJournal.MaxDays}.", "Drop --days for the last thirty.");
        }

        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        UsageView view = new(new UsageJournal(invocation.LocalSettings().HomeDirectory).Read(DateOnly.FromDateTime(now.UtcDateTime).AddDays(1 - days)));
        if (invocation.IsJson)
        {
            invocation.WriteJson(view.WriteJson);
            return Task.FromResult(ExitCodes.Done);
        }

        view.WriteTable(invocation.Console);
        foreach (string sentence in view.Sentences(now))
        {
            invocation.Messages.Say(Text.Printable(sentence));
        }

        if (view.IsEmpty)
        {
            invocation.Messages.Hint(invocation.RecordsUsage ? "Nothing has been asked of the Hub from here in these days." : "Nothing is counted: SNUG_USAGE is off.");
        }

        return Task.FromResult(ExitCodes.Done);
    }
}
