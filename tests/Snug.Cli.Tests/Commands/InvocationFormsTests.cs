using System.Reflection;
using System.Security.Cryptography;
using Snug.Hub;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>The ways to have a model made ready: the program, its assembly, and a call; and what each says when it cannot be done.</summary>
public sealed class InvocationFormsTests(SampleHub hub) : IClassFixture<SampleHub>
{
    private const string Model = "snug/tiny-model";

    private static readonly string Executable = Path.ChangeExtension(SnugProcess.Program, OperatingSystem.IsWindows() ? ".exe" : null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "S4-01")]
    public async Task The_command_the_assembly_and_a_call_give_the_same_files_at_the_same_place()
    {
        using CliHarness byCommand = hub.Cli();
        using CliHarness byAssembly = hub.Cli();
        using TemporaryCache byCall = new();

        CommandResult command = await SnugProcess.RunProgramAsync(byCommand, Executable, "ensure", "-m", Model);
        CommandResult assembly = await SnugProcess.RunAsync(byAssembly, null, "ensure", "-m", Model);
        using HubClient client = new(new HubClientOptions { Endpoint = hub.Endpoint, CacheDirectory = byCall.Root, ReadVariable = _ => null });
        CachedSnapshot call = await client.DownloadSnapshotAsync(Model, cancellationToken: Cancellation);

        (string Path, string Cache)[] places = [(PathOf(command), byCommand.Cache), (PathOf(assembly), byAssembly.Cache), (call.Directory, byCall.Root)];
        Assert.Single(places.Select(place => Path.GetRelativePath(place.Cache, place.Path)).Distinct());
        string contents = Contents(call.Directory);
        Assert.Contains("model.safetensors", contents, StringComparison.Ordinal);
        Assert.All(places, place => Assert.Equal(contents, Contents(place.Path)));
    }

    [Fact]
    [Trait("Requirement", "S4-12")]
    public async Task The_installed_tool_and_the_assembly_behave_alike()
    {
        using CliHarness cli = hub.Cli();
        string tool = await InstallAsync(cli);
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("ensure", "-m", Model)).ExitCode);

        foreach ((string[] arguments, int exitCode) in (((string[], int)[])[(["--version"], 0), (["ensure", "-m", Model, "-q"], 0), (["ensure", "-m", "snug/nothing-here"], ExitCodes.NotFound), (["ensure", "--nothing"], ExitCodes.Usage)]))
        {
            CommandResult program = await SnugProcess.RunProgramAsync(cli, tool, arguments);
            CommandResult assembly = await SnugProcess.RunAsync(cli, null, arguments);

            Assert.Equal((exitCode, exitCode), (program.ExitCode, assembly.ExitCode));
            Assert.Equal(Columns(assembly.Output), Columns(program.Output));
            Assert.Equal(WithoutRequestIds(assembly.Error), WithoutRequestIds(program.Error));
        }
    }

    [Fact]
    [Trait("Requirement", "S4-05")]
    public async Task As_another_user_with_nothing_but_the_cache_to_write_to_a_model_is_made_ready()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no folder here that nobody, not even root, may write to.");
        using CliHarness cli = hub.Cli();
        using TempFolder cache = new();
        cli.Variables.Remove("HF_HOME");
        cli.Variables["HF_HUB_CACHE"] = cache.Path;
        cli.Variables["TMPDIR"] = "/proc/nowhere";
        cli.Variables["DOTNET_EnableDiagnostics"] = "0";

        // Root becomes somebody else, whom the folders above keep out; everybody else is no root to begin with.
        string[] wrapper = ["env", "--chdir=/proc", "--unset=HOME", "--unset=XDG_CACHE_HOME"];
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            await Tool.SetPriv.RequireAsync();
            File.SetUnixFileMode(cache.Path, (UnixFileMode)0b111_111_111);
            wrapper = ["setpriv", "--reuid=1654", "--regid=1654", "--clear-groups", "--bounding-set=-all", .. wrapper];
            CommandResult readable = await SnugProcess.ShellAsync(cli, $"test -r '{SnugProcess.Program}'", wrapper: wrapper);
            Assert.SkipWhen(readable.ExitCode != 0, "This checkout is where only root can read.");
        }

        CommandResult first = await SnugProcess.ShellAsync(cli, $"id -u; exec $SNUG ensure -m {Model}", wrapper: wrapper);
        CommandResult second = await SnugProcess.ShellAsync(cli, $"id -u; exec $SNUG ensure -m {Model}", wrapper: wrapper);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.StartsWith(cache.Path, PathOf(first), StringComparison.Ordinal);
        Assert.Equal(PathOf(first), PathOf(second));
        Assert.Equal(["downloaded", "present"], new[] { first, second }.Select(result => result.Output.TrimEnd().Split('\n')[^1].Split('\t')[1]));
        Assert.NotEqual("0", first.Output.Split('\n')[0]);
        Assert.DoesNotContain("\u001b", first.Error, StringComparison.Ordinal);
        Assert.Equal(["models--snug--tiny-model"], Directory.GetDirectories(cache.Path, "models--*").Select(Path.GetFileName));
    }

    [Theory]
    [Trait("Requirement", "S4-14")]
    [InlineData("the network", Model, null, ExitCodes.Network, "network_unreachable")]
    [InlineData("no authentication", "snug/gated-model", null, ExitCodes.Access, "gated_repo_error")]
    [InlineData("a token that has expired", "snug/gated-model", SampleHub.ExpiredToken, ExitCodes.Token, "invalid_token")]
    [InlineData("a model that is not there", "snug/nothing-here", null, ExitCodes.NotFound, "repository_not_found")]
    [InlineData("a name that is none", "no model at all", null, ExitCodes.Usage, "invalid_request")]
    [InlineData("a place that cannot be written", Model, null, ExitCodes.Storage, "cache_access")]
    public async Task Each_class_of_failure_has_a_sentence_advice_and_an_exit_code_and_no_trace(string what, string model, string? token, int exitCode, string kind)
    {
        using CliHarness cli = what == "the network" ? new() : hub.Cli();
        string file = Path.Join(cli.Work, "file");
        await File.WriteAllTextAsync(file, "", Cancellation);
        if (token is not null)
        {
            cli.Variables["HF_TOKEN"] = token;
        }

        CliResult result = await cli.RunAsync(["ensure", "-m", model, .. what.StartsWith("a place", StringComparison.Ordinal) ? (string[])["--cache-dir", file] : []]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(kind, Assert.Single(result.OutLines).Split('\t')[^1]);
        int error = Array.FindIndex(result.ErrorLines, line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith("  1. ", result.ErrorLines[error + 1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Out + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Out + result.Error, StringComparison.Ordinal);
    }

    /// <summary>Packs what was built and installs it as people do, from a folder and without a network.</summary>
    private static async Task<string> InstallAsync(CliHarness cli)
    {
        string project = typeof(InvocationFormsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Project").Value!;
        string configuration = Path.GetFileName(Path.GetDirectoryName(SnugProcess.Program))!;
        string packages = Path.Join(cli.Work, "packages");
        string sources = Path.Join(cli.Work, "sources.config");
        await File.WriteAllTextAsync(sources, $"""<configuration><packageSources><clear /><add key="here" value="{packages}" /></packageSources></configuration>""", Cancellation);
        cli.Variables["DOTNET_CLI_HOME"] = cli.Work;
        cli.Variables["DOTNET_NOLOGO"] = "1";
        foreach (string[] arguments in (string[][])
        [
            ["pack", project, "--no-build", "--no-restore", "--configuration", configuration, "--output", packages, "-nodeReuse:false"],
            ["tool", "install", "Snug.Cli", "--tool-path", Path.Join(cli.Work, "tools"), "--configfile", sources],
        ])
        {
            CommandResult result = await SnugProcess.RunProgramAsync(cli, "dotnet", arguments);
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
        }

        return Path.Join(cli.Work, "tools", OperatingSystem.IsWindows() ? "snug.exe" : "snug");
    }

    private static string[] Columns(string output) => [.. output.TrimEnd().Split('\n').SelectMany(line => line.Split('\t'))];

    private static string WithoutRequestIds(string error) => System.Text.RegularExpressions.Regex.Replace(error, "Root=[-0-9a-f]+", "");

    private static string PathOf(CommandResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.TrimEnd().Split('\n')[^1].Split('\t')[^1];
    }

    private static string Contents(string folder) => string.Join('\n', Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}").Order(StringComparer.Ordinal));
}
