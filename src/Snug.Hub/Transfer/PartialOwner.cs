using System.ComponentModel;
using System.Diagnostics;

namespace Snug.Hub;

/// <summary>Who writes a partial file, and whether they still live.</summary>
internal static class PartialOwner
{
    public static int Pid { get; } = Environment.ProcessId;

    public static string Host { get; } = Environment.MachineName;

    public static long Started { get; } = StartOf(Process.GetCurrentProcess());

    /// <summary>Whether the writer is another, living process. On another host nobody can tell; the lock and its time-out decide there.</summary>
    public static bool IsAliveElsewhere(JournalHeader header)
    {
        if (header.Host != Host || header.Pid == Pid)
        {
            return false;
        }

        try
        {
            using Process process = Process.GetProcessById(header.Pid);
            // Process ids are reused; start times within a second of each other are the same process.
            return Math.Abs(StartOf(process) - header.Started) <= 1 && !HasEnded(header.Pid);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether a process has ended that the system still lists, because its parent has not asked how. In a container the first process often never
    /// asks, and such an owner would keep what it left from everybody.
    /// </summary>
    private static bool HasEnded(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            // The state follows the name in parentheses, which may hold anything.
            ReadOnlySpan<char> stat = File.ReadAllText($"/proc/{pid}/stat");
            ReadOnlySpan<char> state = stat[(stat.LastIndexOf(')') + 1)..].TrimStart();
            return state.Length > 0 && state[0] is 'Z' or 'X';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long StartOf(Process process)
    {
        try
        {
            return new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or PlatformNotSupportedException)
        {
            return 0;
        }
    }
}
