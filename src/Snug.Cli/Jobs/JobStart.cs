using System.Diagnostics;

namespace Snug.Cli;

/// <summary>Starts the command that is running once more, as a process that needs no terminal.</summary>
internal static class JobStart
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts a job, and waits until its process has taken over.</summary>
    /// <param name="invocation">The command that was asked for.</param>
    /// <param name="repositories">What it is about.</param>
    /// <param name="cancellationToken">Ends the waiting, not the job.</param>
    /// <exception cref="CliException">It cannot be started.</exception>
    public static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> repositories, CancellationToken cancellationToken)
    {
        TimeProvider time = invocation.Console.Time;
        JobFolder folder = new(invocation.LocalSettings().HomeDirectory);
        (Job job, string record) = Create(folder, repositories, time);
        using Process process = Start(record);

        // Its streams lead nowhere: what it says goes to its log, and whoever reads ours must not wait for its end.
        process.StandardInput.Close();
        process.StandardOutput.Close();
        process.StandardError.Close();
        while (job.State == JobState.Starting && !process.HasExited)
        {
            await Task.Delay(Interval, time, cancellationToken);
            job = JobFolder.TryRead(record, time.GetUtcNow()) ?? job;
        }

        job = JobFolder.TryRead(record, time.GetUtcNow()) ?? job;
        if (job.State is JobState.Starting or JobState.Lost)
        {
            throw new CliException(ExitCodes.Unexpected, "job_not_started", "The job ended before it began.", "Run the command without --background to see why.");
        }

        if (invocation.IsJson)
        {
            invocation.WriteJson(job.Write);
        }
        else
        {
            invocation.Write(job.Id);
        }

        invocation.Messages.Say($"Works in the background, also when this terminal is closed; 'snug jobs' shows how far it is, {job.Log} what it says.");
        return ExitCodes.Done;
    }

    private static (Job Job, string Record) Create(JobFolder folder, IReadOnlyList<string> repositories, TimeProvider time)
    {
        try
        {
            return folder.Create(repositories, time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCodes.Storage, "cache_access", $"'{folder.Path}' cannot be written: {e.Message}", "Set HF_HOME to a folder that can be written.", "Or run the command without --background.");
        }
    }

    private static Process Start(string record)
    {
        string[] command = Environment.GetCommandLineArgs();
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The process has no program.");

        // Started as 'dotnet snug.dll', the program is dotnet and the first argument of all is the assembly.
        bool isHosted = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(program, [.. isHosted ? command[..1] : [], .. command[1..]])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[JobRecorder.Variable] = record;
        return Process.Start(start)!;
    }
}
