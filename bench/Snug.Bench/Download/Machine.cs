using System.Runtime.InteropServices;

namespace Snug.Bench;

/// <summary>The machine in words that do not tell whose it is.</summary>
internal static class Machine
{
    /// <summary>How many processes wanted to run, over the last minute; more than there are cores means that others took part.</summary>
    public static string Load => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    public static string Describe()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string processor = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
            : RuntimeInformation.ProcessArchitecture.ToString();
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return $"{Environment.ProcessorCount} cores ({processor}), {memory / (1L << 30)} GiB, {RuntimeInformation.OSDescription.Split('-')[0]}";
    }
}
