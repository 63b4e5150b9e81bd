using System.Globalization;
using System.Text;

namespace Snug.Bench;

/// <summary>The tables of a run, as Markdown.</summary>
internal static class Report
{
    public static string Write(
        Contents contents, IEnumerable<Scenario> scenarios, IReadOnlyList<(Peer Peer, string Version)> peers, IReadOnlyList<Measurement> measurements,
        Limits limits, int rounds, TimeSpan patience, string machine)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Downloads

            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {machine}. One run of `Snug.Bench download`: every program downloads from the same server process over loopback,
            taking turns, {rounds} times each (once where a run takes more than {patience.TotalSeconds:0} s); medians, with the range of all runs behind them. Time is from start to end of the
            process. Every result was compared with what the server has. A load above the number of cores means that other work took part: times then say little.

            Limits measured in the same run: SHA-256 on one core {Megabytes(limits.Hash)} MB/s, writing a file {Megabytes(limits.Write)} MB/s, one loopback connection {Megabytes(limits.Loopback)} MB/s.


            """);
        text.Append("| program | version | |\n|---|---|---|\n");
        foreach ((Peer peer, string version) in peers)
        {
            text.Append($"| {peer.Name} | {version} | {peer.Does} |\n");
        }

        foreach (Scenario scenario in scenarios)
        {
            WriteRow(text, scenario, contents, [.. measurements.Where(run => run.Scenario == scenario.Name)]);
        }

        return text.ToString();
    }

    private static void WriteRow(StringBuilder text, Scenario scenario, Contents contents, IReadOnlyList<Measurement> runs)
    {
        text.Append($"\n## {scenario.Name}: {scenario.Describe(contents)}\n\n");
        text.Append("| program | seconds | range | runs | MB/s | times the fastest | peak memory, MB | processor, s | server's processor, s |\n");
        text.Append("|---|---:|---|---:|---:|---:|---:|---:|---:|\n");
        var rows = runs.Where(run => run.Problem is null).GroupBy(run => run.Peer)
            .Select(group => (Peer: group.Key, Runs: group.ToList(), Seconds: Median(group.Select(run => run.Seconds))))
            .OrderBy(row => row.Seconds).ToList();
        double megabytes = contents.BytesOf(scenario.Repository) / 1e6;
        foreach ((string peer, List<Measurement> ok, double seconds) in rows)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {peer} | {seconds:0.00} | {ok.Min(run => run.Seconds):0.00} to {ok.Max(run => run.Seconds):0.00} | {ok.Count} | {megabytes / seconds:0.0} | {seconds / rows[0].Seconds:0.00} ");
            text.Append(CultureInfo.InvariantCulture,
                $"| {ok.Max(run => run.PeakMemory) / 1e6:0} | {Median(ok.Select(run => run.ProcessorSeconds)):0.00} | {Median(ok.Select(run => run.ServerSeconds)):0.00} |\n");
        }

        if (rows.Find(row => row.Peer == "snug") is { Runs: not null } ours && rows.Find(row => row.Peer != "snug") is { Runs: not null } best)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nsnug takes {ours.Seconds / best.Seconds:0.00} times as long as {best.Peer}, the fastest of the others.\n");
        }

        foreach (IGrouping<string, Measurement> failed in runs.Where(run => run.Problem is not null).GroupBy(run => run.Peer))
        {
            text.Append($"\n{failed.Key} failed {failed.Count()} times: {failed.First().Problem!.Split('\n')[0]}\n");
        }
    }

    private static string Megabytes(double bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
