using System.Runtime.InteropServices;
using Snug.Cli;

using CancellationTokenSource stop = new();
int signals = 0;
using JobRecorder? job = Environment.GetEnvironmentVariable(JobRecorder.Variable) is { Length: > 0 } record ? await JobRecorder.OpenAsync(record, TimeProvider.System) : null;

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
    if (job is not null)
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
CliConsole console = job is null ? CliConsole.ForProcess() : CliConsole.ForJob(job);
int exitCode = await SnugApp.RunAsync(args, console, stop.Token);
console.Out.Flush();
job?.End(exitCode);
return exitCode;
