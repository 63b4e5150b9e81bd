using System.Runtime.InteropServices;
using Snug.Cli;

using CancellationTokenSource stop = new();
int signals = 0;
string? record = Environment.GetEnvironmentVariable(JobRecorder.Variable) is { Length: > 0 } named ? named : null;

// The first signal asks for an orderly end; the second one is left to the system, which ends the process at once.
void Stop(PosixSignalContext context)
{
    if (Interlocked.Increment(ref signals) == 1)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}

// The end of the terminal is the end of what runs on it, but not of a job in the background.
void HangUp(PosixSignalContext context)
{
    if (record is not null)
    {
        context.Cancel = true;
    }
    else
    {
        Stop(context);
    }
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, HangUp);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// Who has started a job goes as soon as it has a record, and the terminal may go with them: signals come first.
using JobRecorder? job = record is null ? null : await JobRecorder.OpenAsync(record, TimeProvider.System);
CliConsole console = job is null ? CliConsole.ForProcess() : CliConsole.ForJob(job);
int exitCode = await SnugApp.RunAsync(args, console, stop.Token);
console.Out.Flush();
job?.End(exitCode);
return exitCode;
