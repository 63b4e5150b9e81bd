using System.Text.Json;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Single files, repositories and packages (folders that count as one file) from the command line, as the Hub's log and the disk show them.</summary>
public sealed class DownloadKindsTests : IAsyncLifetime
{
    private const string Model = "apple/models";
    private const string Package = "Net.mlpackage";
    private const string Private = "apple/secret";
    private const string Token = "hf_DEMOapple000000000000000000000000000000";

    private static readonly (string Path, RepositoryContent Content)[] Files =
    [
        ("README.md", RepositoryContent.FromText("# Models\n")),
        ("net.bin", RepositoryContent.Pseudorandom(400_000, 1)),
        ("net.gguf", RepositoryContent.Pseudorandom(400_001, 2)),
        ("net.onnx", RepositoryContent.Pseudorandom(400_002, 3)),
        ("Net.mlpackage/Manifest.json", RepositoryContent.FromText("""{"fileFormatVersion":"1.0.0"}""")),
        ("Net.mlpackage/Metadata.json", RepositoryContent.FromText("{}")),
        ("Net.mlpackage/Data/com.apple.CoreML/model.mlmodel", RepositoryContent.Pseudorandom(30_000, 4)),
        ("Net.mlpackage/Data/com.apple.CoreML/weights/weight.bin", RepositoryContent.Pseudorandom(600_000, 5)),
        ("Small.mlpackage/Manifest.json", RepositoryContent.FromText("""{"small":true}""")),
        ("Small.mlpackage/Data/com.apple.CoreML/model.mlmodel", RepositoryContent.Pseudorandom(20_000, 6)),
    ];

    private readonly MemoryRepositorySource _source = new();
    private TestHub _hub = null!;
    private CliHarness _cli = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string[] PackageFiles => [.. Files.Select(file => file.Path).Where(path => path.StartsWith(Package + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public async ValueTask InitializeAsync()
    {
        _source.Accounts = new HubAccounts([new HubAccount("friend") { Organizations = ["apple"], Tokens = [new HubToken(Token, "good")] }]);
        await _source.Add(Model).CommitAsync(Files);
        await _source.Add(Private, new RepositorySettings { IsPrivate = true }).CommitAsync(("config.json", RepositoryContent.FromText("{}")));
        _hub = await TestHub.StartAsync(_source, cancellationToken: Cancellation);
        _cli = new CliHarness(_hub.Endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        _cli.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "S2-01")]
    public async Task On_a_machine_where_nothing_was_set_up_a_public_model_is_had_at_the_first_try()
    {
        _cli.Variables.Remove("HF_HOME");
        _cli.Variables["HOME"] = _cli.Work;

        CommandResult result = await SnugProcess.RunAsync(_cli, null, "download", Model);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith(Path.Join(_cli.Work, ".cache", "huggingface", "hub", "models--apple--models", "snapshots"), result.Output, StringComparison.Ordinal);
        Assert.Equal(Files.Length, Directory.GetFiles(result.Output.TrimEnd(), "*", SearchOption.AllDirectories).Length);
        Assert.DoesNotContain(_hub.Requests.Snapshot(), request => request.HasAuthorization || request.HasToken);
    }

    [Fact]
    [Trait("Requirement", "S2-08")]
    public async Task A_package_has_the_folders_and_files_that_it_has_in_the_repository()
    {
        string local = Path.Join(_cli.Work, "local");

        CliResult cached = await _cli.RunAsync("download", Model, Package);
        CliResult placed = await _cli.RunAsync("download", Model, Package, "--local-dir", local);

        foreach (string folder in (string[])[cached.Out.TrimEnd(), placed.Out.TrimEnd()])
        {
            Assert.Equal(Package, Path.GetFileName(folder));
            await AssertPackageAsync(folder);
        }

        Assert.Equal(Path.Join(local, Package), placed.Out.TrimEnd());
    }

    [Fact]
    [Trait("Requirement", "S2-09")]
    public async Task A_folder_costs_one_listing_and_one_transfer_for_each_of_its_files()
    {
        CliResult result = await _cli.RunAsync("download", Model, Package, "--max-workers", "1");

        RequestRecord[] requests = _hub.Requests.Snapshot();
        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Single(requests, request => request.Path.Contains("/tree/", StringComparison.Ordinal));
        Assert.Equal(PackageFiles, Resolved(requests).Order(StringComparer.Ordinal));
        await AssertPackageAsync(result.Out.TrimEnd());
    }

    [Fact]
    [Trait("Requirement", "S2-10")]
    public async Task Progress_of_a_package_is_told_for_each_file_and_for_the_whole_which_never_goes_back()
    {
        CliResult result = await _cli.RunAsync("download", Model, Package, "--progress", "json");

        JsonElement[] reports = [.. result.Events.Where(e => e.TryGetProperty("bytesDone", out _))];
        ILookup<string, JsonElement> files = reports.Where(e => e.GetProperty("event").GetString() == "file").ToLookup(e => e.GetProperty("file").GetString()!);
        Assert.Equal(PackageFiles, files.Select(file => file.Key).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(file.Last().GetProperty("fileBytesTotal").GetInt64(), file.Last().GetProperty("fileBytesDone").GetInt64()));
        long[] whole = [.. reports.Select(e => e.GetProperty("bytesDone").GetInt64())];
        long total = reports[^1].GetProperty("bytesTotal").GetInt64();
        Assert.Equal(whole.Order(), whole);
        Assert.Equal((total, PackageFiles.Length), (whole[^1], reports[^1].GetProperty("filesDone").GetInt32()));
        Assert.Equal(630_000 + 2 + 29, total);
    }

    [Theory]
    [Trait("Requirement", "S2-11")]
    [InlineData("net.gguf")]
    [InlineData(Package)]
    public async Task The_address_of_a_file_is_understood_and_the_one_that_is_told_is_understood_again(string path)
    {
        string address = $"{_hub.Endpoint}{Model}/resolve/main/{path}";

        CliResult pasted = await _cli.RunAsync("download", address);
        CliResult named = await _cli.RunAsync("download", Model, path);
        CliResult told = await _cli.RunAsync("info", Model, path == Package ? Package + "/Manifest.json" : path, "--json");
        CliResult again = await _cli.RunAsync("download", told.Json.GetProperty("address").GetString()!);

        Assert.Equal((0, 0, 0), (pasted.ExitCode, named.ExitCode, again.ExitCode));
        Assert.Equal(named.Out, pasted.Out);
        Assert.StartsWith(address, told.Json.GetProperty("address").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(named.Out.TrimEnd(), again.Out, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "S2-12")]
    [InlineData("net.gguf", 400_001)]
    [InlineData("net.onnx", 400_002)]
    [InlineData("net.bin", 400_000)]
    public async Task A_model_that_is_one_file_is_one_transfer_without_a_listing(string file, int size)
    {
        // One connection: several may fetch the last part of a file twice rather than wait for it.
        CliResult result = await _cli.RunAsync("download", Model, file, "--max-workers", "1");

        await _hub.Requests.SettleAsync(Cancellation);
        RequestRecord[] requests = _hub.Requests.Snapshot();
        Assert.Equal(size, (await File.ReadAllBytesAsync(result.Out.TrimEnd(), Cancellation)).Length);
        Assert.DoesNotContain(requests, request => request.Path.StartsWith("/api/", StringComparison.Ordinal));
        Assert.All(requests.Where(request => request.IsResolve), request => Assert.EndsWith("/" + file, request.Path, StringComparison.Ordinal));
        Assert.Equal(size, requests.Where(request => request.Listener == HubListener.Storage).Sum(request => request.BytesSent));
    }

    [Fact]
    [Trait("Requirement", "S2-28")]
    public async Task What_fails_twice_and_then_works_is_had_and_each_try_is_shown()
    {
        FaultRule listing = _hub.Faults.Add("*/tree/*", Fault.Status(503), times: 2);
        FaultRule content = _hub.Faults.Add(new FaultRule { Fault = Fault.ResetBody(0), Listener = HubListener.Storage, Times = 2 });

        CliResult result = await _cli.RunAsync("download", Model, Package, "-v");

        Assert.Equal((ExitCodes.Done, 2, 2), (result.ExitCode, listing.Hits, content.Hits));
        foreach (string attempt in (string[])["try 2 follows in", "try 3 follows in"])
        {
            Assert.Contains(result.ErrorLines, line => line.Contains(" warning: ", StringComparison.Ordinal) && line.Contains("503", StringComparison.Ordinal) && line.Contains(attempt, StringComparison.Ordinal));
        }

        Assert.Contains(result.ErrorLines, line => line.Contains("weight.bin", StringComparison.Ordinal) && line.Contains("it goes on (failure ", StringComparison.Ordinal));
        await AssertPackageAsync(result.Out.TrimEnd());
    }

    [Fact]
    [Trait("Requirement", "S2-31")]
    public async Task Reports_tell_which_file_of_how_many_bytes_rate_and_the_time_that_is_left()
    {
        CliResult result = await _cli.RunAsync("download", Model, "--progress", "json", "--limit-rate", "1500k");

        JsonElement[] running = [.. result.Events.Where(e => e.TryGetProperty("phase", out JsonElement phase) && phase.GetString() == "transferring")];
        Assert.All(running, e => Assert.Equal(Files.Length, e.GetProperty("filesTotal").GetInt32()));
        Assert.Equal(Files.Length, running.Select(e => e.GetProperty("filesDone").GetInt32()).Max());
        Assert.Contains(running, e => e.GetProperty("filesDone").GetInt32() is > 0 and < 10 && e.GetProperty("event").GetString() == "file" && e.GetProperty("fileBytesTotal").GetInt64() > 0);
        Assert.Contains(running, e => e.GetProperty("bytesPerSecond").GetDouble() > 0 && e.GetProperty("secondsLeft") is { ValueKind: JsonValueKind.Number } left && left.GetDouble() >= 0);
        Assert.Contains(running, e => e.GetProperty("bytesDone").GetInt64() is > 0 and var done && done < e.GetProperty("bytesTotal").GetInt64());
    }

    [Fact]
    [Trait("Requirement", "S2-35")]
    public async Task A_tree_is_told_as_JSON_and_a_file_by_its_head_also_with_a_token()
    {
        CliResult tree = await _cli.RunAsync("files", Model, "--json");
        _hub.Requests.Clear();
        CliResult head = await _cli.RunAsync("info", Model, "net.gguf", "--json");
        RequestRecord[] asked = _hub.Requests.Snapshot();
        _hub.Requests.Clear();
        CliResult refused = await _cli.RunAsync("info", Private, "config.json");
        CliResult withToken = await _cli.RunAsync("info", Private, "config.json", "--token", Token, "--json");

        Assert.Equal(Files.Select(file => file.Path).Order(StringComparer.Ordinal), tree.Json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(asked, request => Assert.Equal(("HEAD", 0), (request.Method, request.BytesSent)));
        Assert.Equal((400_001, "net.gguf"), (head.Json.GetProperty("size").GetInt64(), head.Json.GetProperty("file").GetString()));
        Assert.Equal((ExitCodes.NotFound, ExitCodes.Done, 2), (refused.ExitCode, withToken.ExitCode, withToken.Json.GetProperty("size").GetInt32()));
        Assert.Contains(_hub.Requests.Snapshot(), request => request is { Method: "HEAD", HasAuthorization: true });
    }

    [Theory]
    [Trait("Requirement", "S2-37")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_whose_download_is_killed_is_not_there_until_a_later_one_is_whole(bool inFolder)
    {
        FaultRule held = _hub.Faults.Add(new FaultRule { Fault = Fault.StallBody(300_000), Listener = HubListener.Storage });
        string local = Path.Join(_cli.Work, "local");
        string[] command = ["download", Model, Package, .. inFolder ? (string[])["--local-dir", local] : []];
        await using (RunningCommand running = SnugProcess.Start(_cli, command))
        {
            while (held.Hits == 0 || _hub.Requests.Snapshot().Count(request => request is { IsResolve: true, IsEnded: true }) < PackageFiles.Length)
            {
                Assert.False(running.HasExited);
                await Task.Delay(10, Cancellation);
            }

            running.Kill();
            await running.WaitAsync(Cancellation);
        }

        string[] visible = [.. new[] { local, _cli.Cache }.Where(Directory.Exists).SelectMany(root => Directory.GetDirectories(root, Package, SearchOption.AllDirectories))];
        Assert.DoesNotContain(visible, folder => !folder.Contains(".cache", StringComparison.Ordinal));
        _hub.Faults.Clear();
        CliResult whole = await _cli.RunAsync(command);
        await AssertPackageAsync(whole.Out.TrimEnd());
    }

    [Fact]
    [Trait("Requirement", "S2-38")]
    public async Task Of_several_packages_in_a_repository_only_the_one_that_is_asked_for_is_fetched()
    {
        CliResult result = await _cli.RunAsync("download", Model, "Small.mlpackage");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Equal(["Small.mlpackage/Data/com.apple.CoreML/model.mlmodel", "Small.mlpackage/Manifest.json"], Resolved(_hub.Requests.Snapshot()).Order(StringComparer.Ordinal));
        Assert.Equal(["Small.mlpackage"], Directory.GetFileSystemEntries(Path.GetDirectoryName(result.Out.TrimEnd())!).Select(Path.GetFileName));
    }

    [Theory]
    [Trait("Requirement", "S2-39")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_network_what_was_downloaded_is_listed_and_had_as_before(bool isTold)
    {
        string path = (await _cli.RunAsync("download", Model)).Out;
        string package = (await _cli.RunAsync("download", Model, Package)).Out;
        CliResult before = await _cli.RunAsync("cache", "list", "--json");
        using CliHarness down = new() { Variables = { ["HF_HOME"] = _cli.Home } };
        if (isTold)
        {
            down.Variables["HF_HUB_OFFLINE"] = "1";
        }

        CliResult after = await down.RunAsync("cache", "list", "--json");
        CliResult again = await down.RunAsync("download", Model);
        CliResult folder = await down.RunAsync("download", Model, Package);

        Assert.Equal(Model, Assert.Single(before.Json.GetProperty("repositories").EnumerateArray()).GetProperty("repository").GetString());
        Assert.Equal(WithoutTimes(before.Out), WithoutTimes(after.Out));
        Assert.Equal((0, 0, path, package), (again.ExitCode, folder.ExitCode, again.Out, folder.Out));
    }

    /// <summary>Reading changes when something was used last.</summary>
    private static string WithoutTimes(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"lastAccessed\": \"[^\"]*\"", "");

    private static IEnumerable<string> Resolved(IEnumerable<RequestRecord> requests) =>
        requests.Where(request => request is { IsResolve: true, Method: "GET" }).Select(request => request.Path.Split('/', 6)[^1]);

    private static async Task AssertPackageAsync(string folder)
    {
        Assert.Equal(PackageFiles, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => $"{Package}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}").Order(StringComparer.Ordinal));
        foreach ((string path, RepositoryContent content) in Files.Where(file => PackageFiles.Contains(file.Path)))
        {
            Assert.Equal(await content.ToArrayAsync(Cancellation), await File.ReadAllBytesAsync(Path.Join(folder, path[(Package.Length + 1)..]), Cancellation));
        }
    }
}
