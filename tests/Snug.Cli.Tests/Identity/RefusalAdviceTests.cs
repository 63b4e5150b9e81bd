using System.Text.Json;
using System.Text.RegularExpressions;
using Snug.Server;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>What was asked of tokens, of refusals and of advice, where no other test shows it alone.</summary>
public sealed partial class RefusalAdviceTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    private const string Gated = "snug/gated-model";

    private readonly CliHarness _cli = hub.Cli();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [Trait("Requirement", "S0-09")]
    [InlineData("download", Gated)]
    [InlineData("download", Gated, "config.json")]
    [InlineData("exec", "--require", Gated, "--", "true")]
    [InlineData("run", Gated, "text")]
    public async Task No_permission_is_a_failure_with_a_name_and_a_sentence_whatever_was_tried(params string[] command)
    {
        CliResult text = await _cli.RunAsync(command);

        Assert.Equal(ExitCodes.Access, text.ExitCode);
        Assert.StartsWith($"error: {Gated} is gated and you have no access to it", text.ErrorLines.First(line => line.StartsWith("error:", StringComparison.Ordinal)), StringComparison.Ordinal);
        if (command[0] != "exec")
        {
            CliResult json = await _cli.RunAsync([.. command, "--json"]);
            Assert.Equal("gated_repo_error", json.Json.GetProperty("kind").GetString());
            Assert.Contains("you have no access to it", json.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Requirement", "S0-10")]
    public async Task No_token_and_terms_that_are_not_accepted_are_two_causes_with_advice_of_their_own()
    {
        JsonElement without = (await _cli.RunAsync("download", Gated, "--json")).Json;
        _cli.Variables["HF_TOKEN"] = SampleHub.BobToken;
        JsonElement with = (await _cli.RunAsync("download", Gated, "--json")).Json;

        Assert.Equal(["gated_repo_error", "gated_repo_error"], new[] { without, with }.Select(error => error.GetProperty("kind").GetString()));
        Assert.Equal(["gated_no_token", "gated_not_granted"], new[] { without, with }.Select(error => error.GetProperty("cause").GetString()));
        string first = without.GetProperty("advice")[0].GetString()!;
        string other = with.GetProperty("advice")[0].GetString()!;
        Assert.Contains("log in and accept the terms", first, StringComparison.Ordinal);
        Assert.Contains("with the account of your token (from HF_TOKEN) and accept the terms", other, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-11")]
    public async Task The_way_out_of_a_refusal_is_to_accept_on_that_page_to_log_in_and_to_start_again()
    {
        string[] advice = Advice(await _cli.RunAsync("download", Gated));

        Assert.Equal(3, advice.Length);
        Assert.StartsWith($"  1. Open {hub.Endpoint}{Gated}, log in and accept the terms", advice[0], StringComparison.Ordinal);
        Assert.StartsWith("  2. Get a token", advice[1], StringComparison.Ordinal);
        Assert.Contains("'snug login'", advice[1], StringComparison.Ordinal);
        Assert.Equal("  3. Run the same command again.", advice[2]);
    }

    [Theory]
    [Trait("Requirement", "S0-12")]
    [InlineData(SampleHub.ExpiredToken, "token_expired")]
    [InlineData("hf_DEMOnobodyKNOWSthisONE000000000000000000000", "token_invalid")]
    public async Task A_token_that_is_wrong_or_has_expired_is_another_failure_than_a_gate(string token, string cause)
    {
        _cli.Variables["HF_TOKEN"] = token;

        foreach (string[] command in (string[][])[["whoami", "--json"], ["download", Gated, "--json"]])
        {
            CliResult result = await _cli.RunAsync(command);

            Assert.Equal(ExitCodes.Token, result.ExitCode);
            Assert.Equal(("invalid_token", cause), (result.Json.GetProperty("kind").GetString(), result.Json.GetProperty("cause").GetString()));
        }
    }

    [Fact]
    [Trait("Requirement", "S0-13")]
    public async Task The_way_out_of_a_wrong_token_is_a_new_one_logout_login_and_to_paste_it()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Home, "token"), SampleHub.ExpiredToken, TestContext.Current.CancellationToken);

        string[] advice = Advice(await _cli.RunAsync("whoami"));

        Assert.StartsWith("  1. Get a new token with read permission at " + hub.Endpoint + "settings/tokens", advice[0], StringComparison.Ordinal);
        Assert.Equal(["  2. Run 'snug logout'.", "  3. Run 'snug login'.", "  4. Paste the new token and press Enter."], advice[1..4]);
    }

    [Fact]
    [Trait("Requirement", "S0-14")]
    public async Task The_preflight_of_a_list_says_token_and_terms_for_each_with_links_and_fetches_nothing()
    {
        int before = hub.Requests.Count;

        CliResult result = await _cli.RunAsync("doctor", Gated, "fishaudio/openaudio-s1-mini", "snug/tiny-model");

        Assert.Equal(ExitCodes.Access, result.ExitCode);
        foreach (string model in (string[])[Gated, "fishaudio/openaudio-s1-mini"])
        {
            string[] lines = [.. result.OutLines.SkipWhile(line => !line.StartsWith($"  failed: {model}: ", StringComparison.Ordinal)).Skip(1).Take(2)];
            Assert.StartsWith($"      1. Open {hub.Endpoint}{model}, log in and accept the terms", lines[0], StringComparison.Ordinal);
            Assert.StartsWith($"      2. Get a token with read permission at {hub.Endpoint}settings/tokens", lines[1], StringComparison.Ordinal);
        }

        Assert.Contains("ok: snug/tiny-model: snug/tiny-model is public: no authentication required", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Requests.Skip(before), request => request.Contains("/resolve/", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S0-15")]
    public async Task The_way_to_a_running_job_is_six_numbered_steps_with_the_position_on_it()
    {
        CliResult anonymous = await _cli.RunAsync("doctor", Gated);
        _cli.Variables["HF_TOKEN"] = SampleHub.BobToken;
        CliResult notAccepted = await _cli.RunAsync("doctor", Gated);
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        CliResult accepted = await _cli.RunAsync("doctor", Gated);

        Assert.Equal([1, 2, 5], new[] { anonymous, notAccepted, accepted }.Select(result => 1 + Array.FindIndex(Steps(result), step => step.Contains("[you are here]", StringComparison.Ordinal))));
        string[] order = ["Get a token", "Accept the terms", "Prepare the machine", "Log in", "Set up", "Start the job"];
        Assert.All(order.Zip(Steps(anonymous)), (pair, index) => Assert.Matches($@"^  {index + 1}\. \[[a-z ]+\] {pair.First}", pair.Second));

        static string[] Steps(CliResult result) =>
            [.. result.OutLines.SkipWhile(line => line != "The way to a running job, in this order:").Skip(1).Take(6)];
    }

    [Fact]
    [Trait("Requirement", "S0-17")]
    public async Task A_login_keeps_the_token_in_the_file_of_the_home_that_all_clients_read_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The home of a user is named otherwise on Windows.");
        _cli.Variables.Remove("HF_HOME");
        _cli.Variables["HOME"] = _cli.Home;

        CommandResult login = await SnugProcess.RunAsync(_cli, SampleHub.AliceToken, "login", "--token", "-");

        string file = Path.Join(_cli.Home, ".cache", "huggingface", "token");
        Assert.Equal(0, login.ExitCode);
        Assert.Equal(SampleHub.AliceToken, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    [Trait("Requirement", "S0-18")]
    public async Task A_stored_token_serves_every_later_program()
    {
        await using TestHub log = await TestHub.StartAsync(new FolderRepositorySource(SampleHub.Repositories), cancellationToken: TestContext.Current.CancellationToken);
        using CliHarness cli = new(log.Endpoint);
        Assert.Equal(0, (await SnugProcess.RunAsync(cli, SampleHub.AliceToken, "login", "--token", "-")).ExitCode);
        log.Requests.Clear();

        CommandResult later = await SnugProcess.RunAsync(cli, null, "download", Gated, "config.json");

        Assert.Equal(0, later.ExitCode);
        Assert.NotEmpty(log.Requests.Snapshot());
        Assert.All(log.Requests.Snapshot().Where(request => request.Listener == HubListener.Endpoint), request => Assert.True(request.HasAuthorization, request.ToString()));
    }

    [Fact]
    [Trait("Requirement", "S0-23")]
    public async Task Each_way_to_give_a_token_is_told_with_what_it_is_best_for()
    {
        string guide = (await File.ReadAllTextAsync(Path.Join(AppContext.BaseDirectory, "docs", "setup.md"), TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        CliResult doctor = await _cli.RunAsync("doctor", Gated);

        Assert.Contains("\n| login | one-time on a cloud machine, or your own | `snug login`", guide, StringComparison.Ordinal);
        Assert.Contains("\n| variable | CI, scripts, containers | `export HF_TOKEN=", guide, StringComparison.Ordinal);
        Assert.Contains("\n| `.env` | local development | `cp .env.example .env`", guide, StringComparison.Ordinal);
        Assert.Contains(
            "Log in: 'snug login' (once, on a machine of your own or in the cloud), HF_TOKEN (CI, scripts) or .env (development)", doctor.Out, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-24")]
    public async Task A_download_into_a_folder_is_the_repository_byte_for_byte()
    {
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        foreach ((string model, string source) in ((string, string)[])[("fishaudio/openaudio-s1-mini", "fishaudio/openaudio-s1-mini"), ("snug/tiny-package", "snug/tiny-package")])
        {
            string folder = Path.Join(_cli.Work, "checkpoints", model.Split('/')[1]);

            CliResult result = await _cli.RunAsync("download", model, "--local-dir", folder);

            Assert.Equal((0, folder), (result.ExitCode, result.Out.Trim()));
            JsonElement[] files = [.. (await _cli.RunAsync("files", model, "--json")).Json.GetProperty("files").EnumerateArray()];
            string[] paths = [.. files.Select(file => file.GetProperty("path").GetString()!).Order(StringComparer.Ordinal)];
            // The client's own notes lie in one folder beside them.
            Assert.Equal(
                paths,
                Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
                    .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Where(file => !file.StartsWith(".cache/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.All(paths, path => Assert.Equal(
                File.ReadAllBytes(Path.Join(SampleHub.Repositories, "models", source, path)), File.ReadAllBytes(Path.Join(folder, path))));
        }
    }

    [Fact]
    [Trait("Requirement", "S0-29")]
    public async Task Messages_have_signs_on_a_terminal_and_words_elsewhere_and_where_the_signs_cannot_be_shown()
    {
        await Tool.Script.RequireAsync();
        const string Terminal = """script -qefc "$SNUG setup" /dev/null > "$SCREEN" 2>&1 || true; script -qefc "$SNUG download snug/gated-model" /dev/null >> "$SCREEN" 2>&1 || true""";
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "snug.json"), """{ "models": ["snug/gated-model"], "stages": [{ "name": "a", "run": "echo a" }] }""", TestContext.Current.CancellationToken);
        _cli.Variables["TERM"] = "xterm";

        CliResult plain = await _cli.RunAsync("setup");
        CliResult failed = await _cli.RunAsync("download", Gated);
        string utf8 = await ScreenAsync("C.UTF-8");
        string latin = await ScreenAsync("en_US.ISO-8859-1");

        string[] signs = ["▶", "✅", "⚠️", "❌"];
        string[] words = ["step: ", "ok: ", "warning: ", "error: "];
        Assert.All(words, word => Assert.Contains(word, plain.Error + failed.Error, StringComparison.Ordinal));
        Assert.All(signs, sign => Assert.DoesNotContain(sign, plain.Error + failed.Error, StringComparison.Ordinal));
        Assert.All(signs, sign => Assert.Contains(sign, utf8, StringComparison.Ordinal));
        Assert.All(signs, sign => Assert.DoesNotContain(sign, latin, StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, Sequences().Replace(latin, ""), StringComparison.Ordinal));

        async Task<string> ScreenAsync(string locale)
        {
            _cli.Variables["LC_ALL"] = locale;
            _cli.Variables["SCREEN"] = Path.Join(_cli.Home, locale);
            Assert.Equal(0, (await SnugProcess.ShellAsync(_cli, Terminal)).ExitCode);
            return await File.ReadAllTextAsync(_cli.Variables["SCREEN"], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    [Trait("Requirement", "S0-32")]
    public async Task Right_and_wrong_are_shown_and_who_skips_and_hopes_is_warned()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "snug.json"), $$"""{ "models": ["{{Gated}}"] }""", TestContext.Current.CancellationToken);

        CliResult doctor = await _cli.RunAsync("doctor");
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;
        CliResult right = await _cli.RunAsync("doctor");

        const string Warning = "Starting the job now would end in this error after everything else is loaded: get the token first.";
        Assert.Equal((ExitCodes.Access, 0), (doctor.ExitCode, right.ExitCode));
        Assert.Contains(Warning, doctor.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Warning, right.Out, StringComparison.Ordinal);
        Assert.Contains("| | right | skip and hope |", await File.ReadAllTextAsync(Path.Join(AppContext.BaseDirectory, "docs", "setup.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S0-34")]
    public async Task Every_address_that_is_told_leads_to_the_page_of_tokens_or_to_that_model()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "snug.json"), $$"""{ "models": ["{{Gated}}"] }""", TestContext.Current.CancellationToken);
        string[] expected = [hub.Endpoint + "settings/tokens", hub.Endpoint + Gated];
        List<string> told = [];

        foreach (string? token in (string?[])[null, SampleHub.BobToken, SampleHub.FineToken, SampleHub.ExpiredToken])
        {
            if (token is not null)
            {
                _cli.Variables["HF_TOKEN"] = token;
            }

            foreach (string[] command in (string[][])[["setup"], ["download", Gated], ["exec", "--", "true"], ["whoami"]])
            {
                CliResult result = await _cli.RunAsync(command);
                told.AddRange(Addresses().Matches(result.Error).Select(match => match.Value.TrimEnd('.', ',', ':', ')')));
            }
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), told.Where(address => address != hub.Endpoint.AbsoluteUri.TrimEnd('/')).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S0-35")]
    public async Task Over_ssh_without_browser_or_desktop_everything_works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a shell's.");
        await File.WriteAllTextAsync(Path.Join(_cli.Work, "snug.json"), $$"""{ "models": ["{{Gated}}"], "stages": [{ "name": "a", "run": "echo a" }] }""", TestContext.Current.CancellationToken);
        foreach (string name in (string[])["DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "XDG_RUNTIME_DIR"])
        {
            _cli.Variables[name] = "";
        }

        _cli.Variables["SSH_CONNECTION"] = "192.0.2.1 50000 192.0.2.2 22";
        _cli.Variables["TERM"] = "dumb";

        foreach (string[] command in (string[][])[["login", "--token", "-"], ["doctor"], ["setup"], ["exec", "--", "true"], ["logout"]])
        {
            Assert.Equal(0, (await SnugProcess.RunAsync(_cli, command[0] == "login" ? SampleHub.AliceToken : null, command)).ExitCode);
        }
    }

    [Fact]
    [Trait("Requirement", "S0-37")]
    public async Task The_note_for_a_deployment_begins_with_authentication_its_three_conditions_and_two_commands()
    {
        CliResult result = await _cli.RunAsync("doctor", "--deploy", Gated);

        string banner = Assert.Single(result.OutLines, line => line.StartsWith("Authenticate BEFORE the set-up: ", StringComparison.Ordinal));
        int[] places = [.. ((string[])["an account", "a token", "the terms of every gated model", "'snug login'", "'snug setup'"]).Select(part => banner.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains(result.OutLines, line => line.StartsWith("Before the deployment", StringComparison.Ordinal));
    }

    /// <summary>The files are as Python's <c>hf auth login</c> leaves them.</summary>
    [Fact]
    [Trait("Requirement", "S0-44")]
    public async Task A_login_of_the_official_command_line_counts_and_its_verbs_are_known()
    {
        await File.WriteAllTextAsync(Path.Join(_cli.Home, "token"), SampleHub.AliceToken, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Join(_cli.Home, "stored_tokens"), $"[alice-read]\nhf_token = {SampleHub.AliceToken}\n\n", TestContext.Current.CancellationToken);

        Assert.Equal("alice", (await _cli.RunAsync("whoami", "--json")).Json.GetProperty("name").GetString());
        Assert.Equal(0, (await _cli.RunAsync("download", Gated, "config.json", "--local-dir", Path.Join(_cli.Work, "gated"))).ExitCode);
        Assert.Equal("active\talice-read\thf_DEMO…\tfile\t", Assert.Single((await _cli.RunAsync("auth", "list")).OutLines));
        Assert.Equal(0, (await _cli.RunAsync("logout")).ExitCode);
        Assert.False(File.Exists(Path.Join(_cli.Home, "token")));
        _cli.Input = SampleHub.AliceToken;
        Assert.Equal(0, (await _cli.RunAsync("login")).ExitCode);
    }

    /// <summary>The lines behind the error.</summary>
    private static string[] Advice(CliResult result) =>
        [.. result.ErrorLines.SkipWhile(line => !line.StartsWith("error:", StringComparison.Ordinal)).Skip(1)];

    [GeneratedRegex("""https?://[^\s'"]+""")]
    private static partial Regex Addresses();

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Sequences();
}
