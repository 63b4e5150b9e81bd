using System.Diagnostics;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>A program is started with its models and its token, or it is not started at all.</summary>
public sealed class ExecCommandTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private readonly CliHarness _cli = hub.Cli();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [Trait("Requirement", "S0-30")]
    [InlineData("snug/gated-model", null)]
    [InlineData("snug/gated-model", SampleHub.BobToken)]
    [InlineData("snug/gated-model", SampleHub.ExpiredToken)]
    [InlineData("snug/missing", SampleHub.AliceToken)]
    [InlineData("snug/disabled-model", null)]
    public async Task A_model_that_cannot_be_had_stops_the_command_before_it_starts(string model, string? token)
    {
        if (token is not null)
        {
            _cli.Variables["HF_TOKEN"] = token;
        }

        CliResult access = await _cli.RunAsync("doctor", model, "--project", _cli.Home, "--json");
        CliResult exec = await _cli.RunAsync(["exec", "--require", model, "--require", "snug/tiny-model", "--", .. Shell("echo started> started.txt")]);

        System.Text.Json.JsonElement report = access.Json.GetProperty("repositories")[0];
        Assert.Equal("error: " + report.GetProperty("message").GetString(), exec.ErrorLines[0]);
        Assert.Equal(
            report.GetProperty("advice").EnumerateArray().Select((a, i) => $"  {i + 1}. {a.GetString()}"),
            exec.ErrorLines[1..^1]);
        Assert.Equal("The command was not started.", exec.ErrorLines[^1]);
        Assert.NotEqual(0, exec.ExitCode);
        Assert.Equal(access.ExitCode, exec.ExitCode);
        Assert.False(File.Exists(Path.Join(_cli.Work, "started.txt")));
        Assert.False(Directory.Exists(Path.Join(_cli.Cache, "models--snug--tiny-model")), "Nothing is downloaded for a command that is not started.");
    }

    [Fact]
    [Trait("Requirement", "S0-08")]
    public async Task What_is_deferred_is_downloaded_and_a_second_run_sends_nothing()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CliResult first = await _cli.RunAsync(["exec", "--require", "snug/gated-model", "--", .. Shell("echo ran")]);
        int before = hub.Requests.Count;
        CliResult second = await _cli.RunAsync(["exec", "--require", "snug/gated-model", "--", .. Shell("echo ran")]);

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("snug/gated-model: 3 files downloaded and verified", first.Error, StringComparison.Ordinal);
        Assert.Equal("ran", second.Out.Trim());
        Assert.Equal("", second.Error);
        Assert.Equal(before, hub.Requests.Count);
    }

    [Fact]
    public async Task A_model_that_was_cut_off_in_the_cache_is_mended_before_the_command_starts()
    {
        Assert.Equal(0, (await _cli.RunAsync("download", "snug/tiny-model")).ExitCode);
        string file = (await _cli.RunAsync("cache", "path", "snug/tiny-model", "model.safetensors")).Out.Trim();
        string blob = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        byte[] content = await File.ReadAllBytesAsync(blob, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(blob, content[..100], TestContext.Current.CancellationToken);

        CliResult offline = await _cli.RunAsync(["exec", "--offline", "--require", "snug/tiny-model", "--", .. Shell("echo ran")]);
        CliResult online = await _cli.RunAsync(["exec", "--require", "snug/tiny-model", "--", .. Shell("echo ran")]);

        Assert.Equal((ExitCodes.Offline, ""), (offline.ExitCode, offline.Out));
        Assert.Equal((0, "ran"), (online.ExitCode, online.Out.Trim()));
        Assert.Equal(content, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_models_of_the_manifest_are_required_where_none_is_named()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "snug.json"), """{ "models": ["snug/gated-model"] }""", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Access, (await _cli.RunAsync(["exec", "--", .. Shell("echo")])).ExitCode);
        Assert.Equal(0, (await _cli.RunAsync(["exec", "--require", "snug/tiny-model", "--", .. Shell("echo")])).ExitCode);
    }

    [Fact]
    public async Task A_required_model_keeps_the_files_and_place_that_the_manifest_says()
    {
        await File.WriteAllTextAsync(
            Path.Join(_cli.Work, "snug.json"),
            """{ "models": [{ "repository": "snug/tiny-model", "include": ["config.json"], "directory": "tiny" }] }""",
            TestContext.Current.CancellationToken);

        Assert.Equal(0, (await _cli.RunAsync(["exec", "--require", "snug/tiny-model", "--", .. Shell("echo")])).ExitCode);

        Assert.True(File.Exists(Path.Join(_cli.Work, "tiny/config.json")));
        Assert.False(File.Exists(Path.Join(_cli.Work, "tiny/tokenizer.json")));
    }

    [Fact]
    public async Task The_command_has_the_token_by_its_names_and_the_places()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a shell's.");
        Directory.CreateDirectory(_cli.Home);
        await File.WriteAllTextAsync(Path.Join(_cli.Home, "token"), SampleHub.AliceToken, TestContext.Current.CancellationToken);

        CliResult result = await _cli.RunAsync(
            "exec", "--cache-dir", Path.Join(_cli.Home, "elsewhere"), "--", "/bin/sh", "-c",
            "echo \"$HF_TOKEN $HUGGING_FACE_HUB_TOKEN $HF_HOME $HF_HUB_CACHE $HF_ENDPOINT\"; tr '\\0' ' ' < /proc/$PPID/cmdline 2>/dev/null | grep -c DEMOalice");

        Assert.Equal(
            $"{SampleHub.AliceToken} {SampleHub.AliceToken} {_cli.Home} {Path.Join(_cli.Home, "elsewhere")} {hub.Endpoint.AbsoluteUri.TrimEnd('/')}",
            result.OutLines[0]);
        Assert.NotEqual("1", result.OutLines.ElementAtOrDefault(1));
        Assert.DoesNotContain(SampleHub.AliceToken, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cache_folder_of_an_option_reaches_the_command_though_a_variable_names_another()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a shell's.");
        _cli.Variables["HF_HUB_CACHE"] = Path.Join(_cli.Home, "elsewhere");

        CommandResult result = await SnugProcess.RunAsync(_cli, null, "exec", "--cache-dir", _cli.Cache, "--", "/bin/sh", "-c", "echo \"$HF_HUB_CACHE\"");

        Assert.Equal(_cli.Cache, result.Output.Trim());
    }

    /// <summary>An endpoint that a .env names gets no token of the environment; nor does a program that is sent to that endpoint.</summary>
    [Fact]
    public async Task A_token_that_is_not_for_the_endpoint_is_not_inherited()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a shell's.");
        await File.WriteAllTextAsync(Path.Join(_cli.Work, ".env"), $"HF_ENDPOINT={hub.Endpoint}\n", TestContext.Current.CancellationToken);
        _cli.Variables.Remove("HF_ENDPOINT");
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CommandResult result = await SnugProcess.RunAsync(_cli, null, "exec", "--", "/bin/sh", "-c", "echo \"token=$HF_TOKEN endpoint=$HF_ENDPOINT\"");

        Assert.Equal($"token= endpoint={hub.Endpoint.AbsoluteUri.TrimEnd('/')}", result.Output.Trim());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task The_exit_code_is_that_of_the_command(int code) =>
        Assert.Equal(code, (await _cli.RunAsync(["exec", "--", .. Shell($"exit {code}")])).ExitCode);

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a shell's.");

        CliResult result = await _cli.RunAsync("exec", "--", "printf", "%s|", "a b", "--require", "\"c\"", "$HOME", "");

        Assert.Equal("a b|--require|\"c\"|$HOME||", result.Out);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_ends_as_in_a_shell()
    {
        CliResult result = await _cli.RunAsync("exec", "--", "no-such-program-here");

        Assert.Equal(127, result.ExitCode);
        Assert.Contains("there is no such program here", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_are_inherited()
    {
        CommandResult result = await SnugProcess.RunAsync(_cli, "typed\n", ["exec", "--", .. OperatingSystem.IsWindows() ? ["findstr", "x*"] : (string[])["cat"]]);

        Assert.Equal((0, "typed"), (result.ExitCode, result.Output.Trim()));
    }

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("INT", 2)]
    [InlineData("HUP", 1)]
    public async Task Signals_reach_the_command_and_its_answer_is_the_exit_code(string signal, int number)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals.");
        string script = $"trap 'exit {40 + number}' {signal}; echo ready; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done";
        string[] command = ["dotnet", SnugProcess.Program, "exec", "--", "/bin/sh", "-c", script];
        if (OperatingSystem.IsLinux())
        {
            // Programs that a shell started in the background inherit SIGINT as ignored; this one must not.
            command = ["env", "--default-signal", .. command];
        }

        ProcessStartInfo start = new(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _cli.Work,
        };
        start.Environment["HF_HOME"] = _cli.Home;
        using Process process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(40 + number, process.ExitCode);
    }

    private static string[] Shell(string command) => [.. SetupCommandTests.Shell, command];
}
