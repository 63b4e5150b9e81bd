using System.Globalization;

namespace Snug.Hub;

/// <summary>Names the time since the machine was started. What was written under another name may have met a power cut.</summary>
internal static class BootId
{
    private const string LinuxFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>The present name; letters and digits only.</summary>
    public static string Current { get; } = Read();

    private static string Read()
    {
        try
        {
            string text = File.Exists(LinuxFile) ? File.ReadAllText(LinuxFile).Trim().Replace("-", "", StringComparison.Ordinal) : "";
            if (text.Length == 32)
            {
                return text;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox without /proc; the clock serves as well.
        }

        // A changed clock gives another name, which costs one check of hashes.
        DateTimeOffset started = TimeProvider.System.GetUtcNow() - TimeSpan.FromMilliseconds(Environment.TickCount64);
        return "t" + (started.ToUnixTimeSeconds() / 600).ToString(CultureInfo.InvariantCulture);
    }
}
