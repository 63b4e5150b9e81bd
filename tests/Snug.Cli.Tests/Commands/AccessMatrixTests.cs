using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>Every source of a token before every kind of repository: doctor and download agree on state, sentence, advice and exit code.</summary>
public sealed class AccessMatrixTests(SampleHub hub, Keyring keyring) : IClassFixture<SampleHub>, IClassFixture<Keyring>
{
    private const string DotEnv = " in .env";
    private const string Unknown = "hf_DEMOnobodyKNOWSthisONE000000000000000000000";
    private const string Dave = "hf_DEMOdaveREAD000000000000000000000000000000";
    private const string Erin = "hf_DEMOerinREAD000000000000000000000000000000";

    private static readonly string[] Sources =
    [
        "--token", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN", "HF_TOKEN" + DotEnv, "HUGGINGFACE_TOKEN" + DotEnv,
        "HF_TOKEN_PATH", "token file", "keychain",
    ];

    private static readonly (string Repository, string? Token, string State, int ExitCode, string? Kind)[] Cases =
    [
        ("snug/tiny-model", null, "public", 0, null),
        ("snug/tiny-model", SampleHub.AliceToken, "public", 0, null),
        ("snug/tiny-model", SampleHub.ExpiredToken, "token_expired", 3, "invalid_token"),
        ("snug/tiny-model", Unknown, "token_invalid", 3, "invalid_token"),
        ("snug/old-name", SampleHub.AliceToken, "public", 0, null),
        ("snug/gated-model", null, "gated_no_token", 4, "gated_repo_error"),
        ("snug/gated-model", SampleHub.AliceToken, "gated_granted", 0, null),
        ("snug/gated-model", SampleHub.BobToken, "gated_not_granted", 4, "gated_repo_error"),
        ("snug/gated-model", SampleHub.FineToken, "token_lacks_gated_permission", 4, "forbidden"),
        ("snug/gated-model", SampleHub.ExpiredToken, "token_expired", 3, "invalid_token"),
        ("snug/gated-model", Unknown, "token_invalid", 3, "invalid_token"),
        ("snug/manual-model", null, "gated_no_token", 4, "gated_repo_error"),
        ("snug/manual-model", SampleHub.AliceToken, "gated_granted", 0, null),
        ("snug/manual-model", SampleHub.BobToken, "gated_not_granted", 4, "gated_repo_error"),
        ("snug/manual-model", Dave, "gated_awaiting_review", 4, "gated_repo_error"),
        ("snug/manual-model", Erin, "gated_rejected", 4, "gated_repo_error"),
        ("snug/private-model", null, "not_found", 5, "repository_not_found"),
        ("snug/private-model", SampleHub.AliceToken, "private_granted", 0, null),
        ("snug/private-model", SampleHub.BobToken, "not_found", 5, "repository_not_found"),
        ("snug/disabled-model", null, "disabled", 5, "repository_disabled"),
        ("snug/disabled-model", SampleHub.AliceToken, "disabled", 5, "repository_disabled"),
        ("snug/nothing-here", null, "not_found", 5, "repository_not_found"),
        ("snug/nothing-here", SampleHub.AliceToken, "not_found", 5, "repository_not_found"),
    ];

    public static TheoryData<string?, string, string?, string, int, string?> Matrix()
    {
        TheoryData<string?, string, string?, string, int, string?> rows = [];
        foreach ((string repository, string? token, string state, int exitCode, string? kind) in Cases)
        {
            foreach (string? source in token is null ? (string?[])[null] : Sources)
            {
                rows.Add(source, repository, token, state, exitCode, kind);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Doctor_and_download_say_the_same(string? source, string repository, string? token, string state, int exitCode, string? kind)
    {
        using CliHarness cli = hub.Cli();
        string[] options = await PlaceAsync(cli, source, token);

        CliResult doctor = await cli.RunAsync(["doctor", repository, "--json", .. options]);
        CliResult text = await cli.RunAsync(["doctor", repository, .. options]);
        CliResult download = await cli.RunAsync(["download", repository, "config.json", "--json", "--quiet", .. options]);

        JsonElement report = Assert.Single(doctor.Json.GetProperty("repositories").EnumerateArray());
        Assert.Equal((state, kind), (report.GetProperty("state").GetString(), report.GetProperty("kind").GetString()));
        Assert.Equal((exitCode, exitCode, exitCode), (doctor.ExitCode, text.ExitCode, download.ExitCode));
        Assert.Equal(Expected(cli, source, token), doctor.Json.GetProperty("token").GetProperty("source").GetString());
        Assert.Equal(Expected(cli, source, token), report.GetProperty("tokenSource").GetString());
        Assert.Contains(report.GetProperty("message").GetString()!.TrimEnd('.'), text.Out, StringComparison.Ordinal);
        if (kind is not null)
        {
            string[] advice = [.. report.GetProperty("advice").EnumerateArray().Select(a => a.GetString()!)];
            Assert.NotEmpty(advice);
            Assert.All(advice, line => Assert.Contains(line, text.Out, StringComparison.Ordinal));
            Assert.Equal((kind, state), (download.Json.GetProperty("kind").GetString(), download.Json.GetProperty("cause").GetString()));
            Assert.Equal(
                FirstWords(report.GetProperty("message").GetString()!), FirstWords(download.Json.GetProperty("message").GetString()!), StringComparer.Ordinal);
        }

        foreach (CliResult result in (CliResult[])[doctor, text, download])
        {
            Assert.DoesNotContain(token ?? "\0", result.Out + result.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>The sentence without what was being done, which differs between the two.</summary>
    private static string FirstWords(string message) => message.Split(" (", 2)[0].Split(" while ", 2)[0];

    private async Task<string[]> PlaceAsync(CliHarness cli, string? source, string? token)
    {
        switch (source)
        {
            case null:
                return [];
            case "--token":
                return ["--token", token!];
            case "token file" or "HF_TOKEN_PATH":
                string file = Path.Join(cli.Home, source == "token file" ? "token" : "elsewhere");
                await File.WriteAllTextAsync(file, token + "\n", TestContext.Current.CancellationToken);
                if (source == "HF_TOKEN_PATH")
                {
                    cli.Variables[source] = file;
                }

                return [];
            case "keychain":
                await keyring.KeepAsync(token!);
                cli.Variables["SNUG_KEYCHAIN"] = "1";
                return [];
            case var line when line.EndsWith(DotEnv, StringComparison.Ordinal):
                await File.WriteAllTextAsync(Path.Join(cli.Work, ".env"), $"{line[..^DotEnv.Length]}={token}\n", TestContext.Current.CancellationToken);
                return [];
            default:
                cli.Variables[source] = token!;
                return [];
        }
    }

    private static string? Expected(CliHarness cli, string? source, string? token) => source switch
    {
        null => null,
        "--token" => "option",
        "token file" => Path.Join(cli.Home, "token"),
        "HF_TOKEN_PATH" => Path.Join(cli.Home, "elsewhere"),
        "keychain" => "keychain (Secret Service)",
        _ => source,
    };
}
