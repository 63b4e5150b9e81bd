namespace Snug.Hub.Tests;

/// <summary>Which token is in force, whatever combination of sources has one.</summary>
public sealed class TokenChainTests : IDisposable
{
    private static readonly string[] Sources =
    [
        "option", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN", "HUGGINGFACE_HUB_TOKEN",
        "HF_TOKEN in .env", "HUGGINGFACE_TOKEN in .env", "file", "keychain",
    ];

    private readonly IdentityFixture _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    [Trait("Requirement", "S0-40")]
    public void For_every_combination_of_sources_the_first_wins_and_is_named()
    {
        for (int set = 0; set < 1 << Sources.Length; set++)
        {
            using IdentityFixture machine = new();
            HubSettings settings = machine.Resolve(Give(machine, set, i => $"hf_{(char)('A' + i)}000000000000000000000000000000000000"));

            int winner = set == 0 ? -1 : int.TrailingZeroCount(set);
            string? expected = winner < 0 ? null : Sources[winner] switch
            {
                "file" => machine.TokenPath,
                "keychain" => "keychain (test keychain)",
                var source => source,
            };
            Assert.Equal(expected, settings.TokenSource);
            Assert.Equal(
                winner < 0 ? null : (TokenSourceKind?)(winner switch
                {
                    0 => TokenSourceKind.Option,
                    < 5 => TokenSourceKind.Environment,
                    < 7 => TokenSourceKind.DotEnv,
                    7 => TokenSourceKind.File,
                    _ => TokenSourceKind.Keychain,
                }),
                settings.TokenSourceKind);
            Assert.Equal(expected, settings.TokenCandidates is [var first, ..] ? first.Source : null);
            Assert.Equal(winner < 0 ? null : AccessToken.Parse($"hf_{(char)('A' + winner)}000000000000000000000000000000000000"), settings.Token);

            // The keychain is asked last and only when needed; an explicit token is meant to differ.
            bool differs = winner > 0 && int.PopCount(set & ~(1 << (Sources.Length - 1))) > 1;
            Assert.Equal(differs ? 1 : 0, settings.Warnings.Count);
            Assert.Equal((set & ~(1 << (Sources.Length - 1))) == 0 ? 1 : 0, machine.Keychain.Reads);
        }
    }

    [Fact]
    public void Sources_that_agree_are_not_warned_of()
    {
        HubSettings settings = _machine.Resolve(Give(_machine, (1 << Sources.Length) - 2, _ => IdentityFixture.TokenA));

        Assert.Equal("HF_TOKEN", settings.TokenSource);
        Assert.Equal(Sources.Length - 2, settings.TokenCandidates.Count);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void A_difference_is_told_with_both_sources_and_masked_tokens()
    {
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;
        _machine.StoreToken(IdentityFixture.TokenB);

        HubSettings settings = _machine.Resolve();

        string warning = Assert.Single(settings.Warnings);
        Assert.Contains("HF_TOKEN and ", warning, StringComparison.Ordinal);
        Assert.Contains(_machine.TokenPath, warning, StringComparison.Ordinal);
        Assert.Contains("hf_AAAA…", warning, StringComparison.Ordinal);
        Assert.Contains("hf_BBBB…", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(IdentityFixture.TokenA, warning, StringComparison.Ordinal);
        Assert.Contains(settings.All, s => s is { Name: "token", Value: "hf_AAAA…", Source: "HF_TOKEN" });
        Assert.Contains(settings.All, s => s is { Name: "token, not used", Value: "hf_BBBB…" } && s.Source == _machine.TokenPath);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    public void HF_HUB_DISABLE_IMPLICIT_TOKEN_leaves_only_the_explicit_one(string value)
    {
        Give(_machine, (1 << Sources.Length) - 2, _ => IdentityFixture.TokenA);
        _machine.Variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = value;

        Assert.Null(_machine.Resolve().Token);
        Assert.Equal("option", _machine.Resolve(o => o.Token = AccessToken.Parse(IdentityFixture.TokenB)).TokenSource);
        Assert.Equal("HF_TOKEN", _machine.Resolve(o => o.UseImplicitToken = true).TokenSource);
        Assert.Null(_machine.Resolve(o => o.UseImplicitToken = false).Token);
    }

    [Fact]
    public void HF_TOKEN_PATH_moves_the_token_file()
    {
        _machine.StoreToken(IdentityFixture.TokenA);
        string elsewhere = Path.Join(_machine.Work, "token-elsewhere");
        File.WriteAllText(elsewhere, $" {IdentityFixture.TokenB}\r\n");
        _machine.Variables["HF_TOKEN_PATH"] = elsewhere;

        HubSettings settings = _machine.Resolve();

        Assert.Equal((AccessToken.Parse(IdentityFixture.TokenB), elsewhere), (settings.Token, settings.TokenSource));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("hf_with\u00a0space")]
    public void A_variable_that_cannot_be_a_token_is_passed_over_with_a_warning(string text)
    {
        _machine.Variables["HF_TOKEN"] = text;
        _machine.StoreToken(IdentityFixture.TokenA);

        HubSettings settings = _machine.Resolve();

        Assert.Equal(_machine.TokenPath, settings.TokenSource);
        string warning = Assert.Single(settings.Warnings);
        Assert.StartsWith("HF_TOKEN is set, but", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(text, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \r\n")]
    public void An_empty_variable_counts_as_unset(string text)
    {
        _machine.Variables["HF_TOKEN"] = text;
        _machine.StoreToken(IdentityFixture.TokenA);

        HubSettings settings = _machine.Resolve();

        Assert.Equal(_machine.TokenPath, settings.TokenSource);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void A_token_file_that_others_can_read_is_used_with_a_warning_that_says_what_to_run()
    {
        FileModes.RequireThem();
        _machine.StoreToken(IdentityFixture.TokenA);
        FileModes.Set(_machine.TokenPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        HubSettings settings = _machine.Resolve();

        Assert.NotNull(settings.Token);
        Assert.EndsWith($"chmod 600 '{_machine.TokenPath}'", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_file_that_holds_no_token_is_passed_over_with_a_warning_that_does_not_show_it()
    {
        _machine.StoreToken("not a token at all");

        HubSettings settings = _machine.Resolve();

        Assert.Null(settings.Token);
        Assert.DoesNotContain("at all", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_systems_keychain_is_asked_only_after_a_login_has_used_it()
    {
        _machine.Keychain.Secret = IdentityFixture.TokenA;
        Assert.Null(_machine.Resolve().Token);

        await _machine.Store().SaveToKeychainAsync("mine", AccessToken.Parse(IdentityFixture.TokenB), TestContext.Current.CancellationToken);

        Assert.Equal("keychain (test keychain)", _machine.Resolve(o => o.Keychain = _machine.Keychain).TokenSource);
    }

    [Fact]
    public async Task A_keychain_is_asked_once_until_a_login_changes_it()
    {
        await _machine.Store().SaveToKeychainAsync("mine", AccessToken.Parse(IdentityFixture.TokenA), TestContext.Current.CancellationToken);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(AccessToken.Parse(IdentityFixture.TokenA), _machine.Resolve(o => o.Keychain = _machine.Keychain).Token);
        }

        Assert.Equal(1, _machine.Keychain.Reads);

        await _machine.Store().SaveToKeychainAsync("mine", AccessToken.Parse(IdentityFixture.TokenB), TestContext.Current.CancellationToken);
        Assert.Equal(AccessToken.Parse(IdentityFixture.TokenB), _machine.Resolve(o => o.Keychain = _machine.Keychain).Token);
    }

    [Fact]
    public void SNUG_KEYCHAIN_0_leaves_the_keychain_alone()
    {
        _machine.Keychain.Secret = IdentityFixture.TokenA;
        _machine.Variables["SNUG_KEYCHAIN"] = "0";

        Assert.Null(_machine.Resolve(o => o.Keychain = _machine.Keychain).Token);
        Assert.Equal(0, _machine.Keychain.Reads);
    }

    [Fact]
    public void A_locked_keychain_is_a_warning_and_not_a_failure()
    {
        _machine.Keychain.IsLocked = true;

        HubSettings settings = _machine.Resolve(o => o.Keychain = _machine.Keychain);

        Assert.Null(settings.Token);
        Assert.Equal("The test keychain is locked.", Assert.Single(settings.Warnings));
    }

    private static Action<HubClientOptions> Give(IdentityFixture machine, int set, Func<int, string> tokenOf)
    {
        string dotEnv = "";
        AccessToken? option = null;
        for (int i = 0; i < Sources.Length; i++)
        {
            if ((set & (1 << i)) == 0)
            {
                continue;
            }

            switch (Sources[i])
            {
                case "option":
                    option = AccessToken.Parse(tokenOf(i));
                    break;
                case "file":
                    machine.StoreToken(tokenOf(i));
                    break;
                case "keychain":
                    machine.Keychain.Secret = tokenOf(i);
                    break;
                case var name when name.EndsWith(" in .env", StringComparison.Ordinal):
                    dotEnv += $"{name[..^8]}={tokenOf(i)}\n";
                    machine.DotEnv(dotEnv);
                    break;
                case var name:
                    machine.Variables[name] = tokenOf(i);
                    break;
            }
        }

        return options =>
        {
            options.Token = option;
            options.Keychain = machine.Keychain;
        };
    }
}
