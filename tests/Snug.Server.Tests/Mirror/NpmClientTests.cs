using System.Text.Json;

namespace Snug.Server.Tests;

/// <summary>What the Hub's own JavaScript client does with the mirror.</summary>
public sealed class NpmClientTests(NpmClientTests.Run run) : IClassFixture<NpmClientTests.Run>
{
    [Theory]
    [InlineData("listFiles")]
    [InlineData("listFilesOfARevision")]
    [InlineData("snapshotDownload")]
    [InlineData("snapshotDownloadOfADataset")]
    [InlineData("snapshotDownloadOfAGatedModel")]
    [InlineData("downloadSmallFile")]
    [InlineData("downloadLargeFile")]
    [InlineData("downloadRanges")]
    [InlineData("downloadEmptyFile")]
    [InlineData("downloadOfATag")]
    [InlineData("downloadOfAnEarlierName")]
    [InlineData("downloadOfARawPointer")]
    [InlineData("downloadOfAMissingFile")]
    [InlineData("fileDownloadInfo")]
    [InlineData("fileExists")]
    [InlineData("repoExists")]
    [InlineData("pathsInfo")]
    [InlineData("whoAmI")]
    [InlineData("gatedFiles")]
    [InlineData("privateFiles")]
    [InlineData("checkRepoAccess")]
    [InlineData("modelInfo")]
    [InlineData("listModels")]
    [InlineData("listCommits")]
    [InlineData("parseSafetensorsMetadata")]
    public async Task The_JavaScript_client_works(string check)
    {
        Dictionary<string, string?> problems = await run.ProblemsAsync(redirectSmallFiles: false);
        Assert.True(problems.ContainsKey(check), $"{check} did not run.");
        Assert.True(problems[check] is null, problems[check]);
    }

    [Fact]
    public async Task The_JavaScript_client_works_with_redirects_under_a_prefix()
    {
        Dictionary<string, string?> problems = await run.ProblemsAsync(redirectSmallFiles: true);
        Assert.All(problems, pair => Assert.True(pair.Value is null, $"{pair.Key}: {pair.Value}"));
    }

    /// <summary>Runs the script once for all tests of the class.</summary>
    public sealed class Run : IDisposable
    {
        private readonly string _scratch = Files.NewFolder();
        private Dictionary<string, string?>? _problems;

        public void Dispose() => Directory.Delete(_scratch, recursive: true);

        internal async Task<Dictionary<string, string?>> ProblemsAsync(bool redirectSmallFiles)
        {
            if (!redirectSmallFiles && _problems is not null)
            {
                return _problems;
            }

            await Programs.RequireAsync("node");
            string folder = await InstallAsync();
            await using Mirror mirror = await Mirror.OfSamplesAsync(options =>
                redirectSmallFiles ? options with { RedirectSmallFiles = true, PathPrefix = "/hub" } : options);
            string scratch = Path.Combine(_scratch, redirectSmallFiles ? "redirected" : "direct");
            string output = await Programs.RunAsync(
                folder, "node", ["hub.mjs", mirror.Endpoint.AbsoluteUri.TrimEnd('/'), Files.Samples, scratch]);
            Dictionary<string, string?> problems = new(StringComparer.Ordinal);

            // The client itself prints lines, too.
            foreach (string line in output.Split('\n').Where(line => line.StartsWith('{')))
            {
                using JsonDocument document = JsonDocument.Parse(line);
                problems.Add(document.RootElement.GetProperty("name").GetString()!, document.RootElement.GetProperty("problem").GetString());
            }

            return redirectSmallFiles ? problems : _problems = problems;
        }

        /// <summary>Installs the client into a folder of build results, once for each version of the lock file.</summary>
        private static async Task<string> InstallAsync()
        {
            string source = Path.Combine(Files.Root, "tests", "interop");
            string target = Path.Combine(Files.Root, "artifacts", "interop");
            string lockFile = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"), TestContext.Current.CancellationToken);
            string installed = Path.Combine(target, "installed-lock.json");
            Directory.CreateDirectory(target);
            foreach (string name in (string[])["package.json", "package-lock.json", ".npmrc", "hub.mjs"])
            {
                File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
            }

            if (!File.Exists(installed) || await File.ReadAllTextAsync(installed, TestContext.Current.CancellationToken) != lockFile)
            {
                string npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
                await Programs.RequireAsync(npm);
                await Programs.RunAsync(target, npm, ["ci", "--ignore-scripts", "--omit=optional"]);
                await File.WriteAllTextAsync(installed, lockFile, TestContext.Current.CancellationToken);
            }

            return target;
        }
    }
}
