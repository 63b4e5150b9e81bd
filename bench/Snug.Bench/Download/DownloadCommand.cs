using System.Globalization;
using System.Text.Json;

namespace Snug.Bench;

/// <summary>Compares downloads by several programs from one server in one run.</summary>
internal static class DownloadCommand
{
    private const long DefaultLarge = 1_000_000_000;
    private const int DefaultSmall = 2000;
    private const int DefaultRounds = 3;

    /// <summary>A peer that takes longer is not run again in the row: its place in the table is clear.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments = new(args, "rows", "peers", "rounds", "large", "small", "work", "json", "markdown");
        IReadOnlyList<string>? rows = arguments.List("rows", Scenario.All.Select(row => row.Name));
        IReadOnlyList<string>? names = arguments.List("peers", Peer.Names);
        int rounds = (int)arguments.Number("rounds", DefaultRounds);
        Contents contents = new(arguments.Number("large", DefaultLarge), (int)arguments.Number("small", DefaultSmall));
        Scenario[] scenarios = [.. Scenario.All.Where(row => rows?.Contains(row.Name) ?? true)];
        if (!ProcessMeter.IsAvailable)
        {
            Console.Error.WriteLine("GNU time is needed (package 'time').");
            return 1;
        }

        List<(Peer Peer, string Version)> peers = await PrepareAsync(names);
        string work = Directory.CreateDirectory(
            Path.Join(arguments.Text("work") ?? Path.GetTempPath(), $"snug-bench-{Environment.ProcessId}")).FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => DeleteIfPresent(work);
        try
        {
            string load = Machine.Load;
            Limits limits = await Limits.MeasureAsync(work, contents.LargeSize);
            List<Measurement> measurements = [];
            await using BenchServer server = await BenchServer.StartAsync(contents);
            foreach (Scenario scenario in scenarios)
            {
                await MeasureAsync(scenario, peers, contents, server, rounds, work, measurements);
            }

            string report = Report.Write(
                contents, scenarios, peers, measurements, limits, rounds, Patience,
                $"{Machine.Describe()}, downloads on {new DriveInfo(work).DriveFormat}; load {load} before and {Machine.Load} after");
            Console.WriteLine(report);
            if (arguments.Text("markdown") is { } markdown)
            {
                await File.WriteAllTextAsync(markdown, report);
            }

            if (arguments.Text("json") is { } json)
            {
                await File.WriteAllTextAsync(json, JsonSerializer.Serialize(new { limits, measurements }, Indented));
            }

            return measurements.Exists(run => run.Problem is not null) ? 1 : 0;
        }
        finally
        {
            DeleteIfPresent(work);
        }
    }

    /// <summary>Also when the run is interrupted: what it leaves is large.</summary>
    private static void DeleteIfPresent(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<(Peer Peer, string Version)>> PrepareAsync(IReadOnlyList<string>? names)
    {
        List<(Peer, string)> peers = [];
        foreach (string name in names ?? Peer.Names)
        {
            Peer peer = Peer.Create(name);
            (string? version, string? problem) = await peer.PrepareAsync();
            if (version is not null)
            {
                peers.Add((peer, version));
            }
            else if (names is null)
            {
                Console.Error.WriteLine($"Without {name}: {problem}.");
            }
            else
            {
                throw new UsageException($"{name} cannot run: {problem}.");
            }
        }

        return peers;
    }

    /// <summary>Every peer once in each round, so that what else the machine does hits all of them alike; who begins changes.</summary>
    private static async Task MeasureAsync(
        Scenario scenario, List<(Peer Peer, string Version)> peers, Contents contents, BenchServer server, int rounds, string work, List<Measurement> measurements)
    {
        for (int round = 1; round <= rounds; round++)
        {
            for (int turn = 0; turn < peers.Count; turn++)
            {
                Peer peer = peers[(turn + round - 1) % peers.Count].Peer;
                if (measurements.Exists(run => run.Scenario == scenario.Name && run.Peer == peer.Name && run.Seconds > Patience.TotalSeconds))
                {
                    continue;
                }

                Measurement measurement = await MeasureAsync(scenario, peer, contents, server, round, work);
                measurements.Add(measurement);
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scenario.Name,-10} {round} {peer.Name,-7} {measurement.Seconds,8:0.00} s {measurement.PeakMemory / 1e6,7:0} MB  {measurement.Problem}"));
            }
        }
    }

    private static async Task<Measurement> MeasureAsync(Scenario scenario, Peer peer, Contents contents, BenchServer server, int round, string work)
    {
        string folder = Directory.CreateDirectory(Path.Join(work, $"{peer.Name}-{round}")).FullName;
        TimeSpan before = server.ProcessorTime;
        try
        {
            (ProcessMeter.Usage usage, string files) = await peer.DownloadAsync(server.Addresses.Of(scenario), scenario.Repository, contents, folder);
            double serverSeconds = (server.ProcessorTime - before).TotalSeconds;
            string? problem = await contents.FindProblemAsync(scenario.Repository, files, compare: round == 1);
            return new(scenario.Name, peer.Name, round, usage.Elapsed.TotalSeconds, usage.Processor.TotalSeconds, serverSeconds, usage.PeakMemory, problem);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return new(scenario.Name, peer.Name, round, 0, 0, 0, 0, e.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
