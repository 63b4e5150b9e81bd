using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Snug.Cli;

/// <summary>
/// Keeps this process alive through the signals that ask it to end while a program runs in the foreground, and passes them on to it and to
/// everything that it has started: a shell dies of a signal without telling the program that it runs. A process group of its own would do the
/// same, but would take the terminal away from the program. What a terminal sends at a key it sends to all, so that is not passed on a second time.
/// </summary>
internal sealed partial class SignalForwarding : IDisposable
{
    /// <summary>A program that answers a signal by starting others without end is not followed without end.</summary>
    private const int MaxLateRounds = 5;

    private readonly Lock _lock = new();
    private readonly List<int> _early = [];
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly bool _isTerminal;
    private Process? _process;
    private volatile bool _wasAskedToEnd;

    public SignalForwarding(bool isTerminal)
    {
        _isTerminal = isTerminal;
        _registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            .Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Whether a signal came that asks this process itself to end, which its own handler may learn later than the program.</summary>
    public bool WasAskedToEnd => _wasAskedToEnd;

    /// <summary>Names the program; what came before it was started is sent now.</summary>
    public void SendTo(Process process)
    {
        lock (_lock)
        {
            _process = process;
            foreach (int signal in _early)
            {
                Send(signal);
            }
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        lock (_lock)
        {
            _process = null;
        }
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        _wasAskedToEnd |= context.Signal != PosixSignal.SIGQUIT;
        int number = context.Signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGQUIT => 3,
            _ => 15,
        };

        // On Windows programs of one console get its events together.
        if (OperatingSystem.IsWindows() || (_isTerminal && context.Signal is PosixSignal.SIGINT or PosixSignal.SIGQUIT))
        {
            return;
        }

        lock (_lock)
        {
            if (_process is null)
            {
                _early.Add(number);
            }
            else
            {
                Send(number);
            }
        }
    }

    private void Send(int signal)
    {
        if (_process is not { HasExited: false } process)
        {
            return;
        }

        // All are found before any is told: what a parent that ends has left behind is nobody's child.
        List<int> told = [process.Id, .. ProcessTree.FindDescendants(process.Id)];
        Tell(told, signal);

        // What one of them was just starting has not been told yet.
        for (int i = 0; i < MaxLateRounds; i++)
        {
            int[] late = [.. told.SelectMany(ProcessTree.FindDescendants).Distinct().Except(told)];
            if (late.Length == 0)
            {
                return;
            }

            Tell(late, signal);
            told.AddRange(late);
        }
    }

    private static void Tell(IEnumerable<int> processes, int signal)
    {
        foreach (int process in processes)
        {
            // One that has ended by itself needs no signal.
            _ = Kill(process, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
