using System.CommandLine;
using System.Globalization;

namespace Snug.Cli;

/// <summary><c>snug jobs</c>: what works in the background, how far it is, and how it ended.</summary>
internal sealed class JobsCommand : SnugCommand
{
    private readonly Argument<string?> _id = new("ID")
    {
        Description = "Only this job; the first characters of its id are enough. Its log is shown, too.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public JobsCommand(CliConsole console, CommonOptions common)
        : base("jobs", "Show downloads that were started with --background: how far they are, and how they ended.", console, common)
    {
        Add(_id);
        AddAll(common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples => ["snug download openai/whisper-tiny --background", "snug jobs", "snug jobs 3f2a", "snug jobs --json"];

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        DateTimeOffset now = invocation.Console.Time.GetUtcNow();
        IReadOnlyList<Job> jobs = new JobFolder(invocation.LocalSettings().HomeDirectory).Read(now);
        string? id = invocation.Get(_id);
        if (id is not null)
        {
            jobs = [.. jobs.Where(job => job.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
            if (jobs.Count != 1)
            {
                throw CliException.Usage(jobs.Count == 0 ? $"There is no job '{Text.Printable(id)}'." : $"{jobs.Count} jobs begin with '{Text.Printable(id)}'.", "See 'snug jobs' for their ids.");
            }
        }

        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteStartArray("jobs");
                foreach (Job job in jobs)
                {
                    json.WriteStartObject();
                    job.Write(json);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return Task.FromResult(ExitCodes.Done);
        }

        Show(invocation, jobs, now);
        if (id is not null)
        {
            ShowLog(invocation, jobs[0].Log);
        }

        return Task.FromResult(ExitCodes.Done);
    }

    private static void Show(Invocation invocation, IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        Table table = new(
            new("ID"), new("STATE"), new("DONE", IsNumber: true), new("BYTES", IsNumber: true), new("STARTED"), new("PROCESS", IsNumber: true), new("REPOSITORIES", MayWrap: true));
        foreach (Job job in jobs)
        {
            string state = job.ExitCode is { } code and not ExitCodes.Done ? $"{Job.NameOf(job.State)} ({code.ToString(CultureInfo.InvariantCulture)})" : Job.NameOf(job.State);
            table.Add(
                job.Id,
                new TableCell(Job.NameOf(job.State), state),
                new TableCell(job.Percent?.ToString(CultureInfo.InvariantCulture) ?? "", job.Percent is { } percent ? $"{percent} %" : ""),
                TableCell.Size(job.BytesDone),
                TableCell.Time(job.Started, now),
                TableCell.Number(job.ProcessId ?? 0),
                string.Join(' ', job.Repositories));
        }

        table.Write(invocation.Console);
        if (jobs.Count == 0)
        {
            invocation.Messages.Hint("Nothing was started with --background in the last days.");
        }
    }

    private static void ShowLog(Invocation invocation, string log)
    {
        const int MaxLines = 20;
        const int MaxLength = 64 * 1024;
        try
        {
            using FileStream file = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(file.Length, MaxLength), SeekOrigin.End);
            using StreamReader reader = new(file);
            string[] lines = reader.ReadToEnd().TrimEnd('\n').Split('\n');
            foreach (string line in lines.TakeLast(MaxLines))
            {
                invocation.Messages.Say(Text.Printable(line.TrimEnd('\r')));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            invocation.Messages.Warn($"The log cannot be read: {e.Message}");
        }
    }
}
