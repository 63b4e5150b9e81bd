using System.Runtime.InteropServices;
using Snug.Cli;

using CancellationTokenSource stop = new();
int signals = 0;

// The first signal asks for an orderly end; the second one is left to the system, which ends the process at once.
void Stop(PosixSignalContext context)
{
    if (Interlocked.Increment(ref signals) == 1)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
CliConsole console = CliConsole.ForProcess();
int exitCode = await SnugApp.RunAsync(args, console, stop.Token);
console.Out.Flush();
return exitCode;
