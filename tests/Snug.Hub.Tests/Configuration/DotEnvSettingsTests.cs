namespace Snug.Hub.Tests;

/// <summary>What the <c>.env</c> of a working directory may decide.</summary>
public sealed class DotEnvSettingsTests : IDisposable
{
    private readonly IdentityFixture _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void It_is_read_and_each_setting_names_it_as_the_source()
    {
        _machine.DotEnv("HF_HUB_OFFLINE=1\nHF_HUB_CACHE=models\nHF_HUB_ETAG_TIMEOUT=3\n");

        HubSettings settings = _machine.Resolve();

        Assert.True(settings.Offline);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.HeaderTimeout);
        Assert.Equal("HF_HUB_CACHE in .env", settings.All.Single(s => s.Name == "cache directory").Source);
        Assert.Equal("HF_HUB_OFFLINE in .env", settings.All.Single(s => s.Name == "offline").Source);
        Assert.Equal(Path.Join(_machine.Work, ".env"), settings.All.Single(s => s.Name == ".env file").Value);
    }

    [Fact]
    public void The_environment_beats_it()
    {
        _machine.DotEnv("HF_HUB_OFFLINE=1\nHF_HUB_CACHE=/from/file\n");
        _machine.Variables["HF_HUB_OFFLINE"] = "0";
        _machine.Variables["TRANSFORMERS_CACHE"] = Path.Join(_machine.Work, "from-variable");

        HubSettings settings = _machine.Resolve();

        Assert.False(settings.Offline);
        Assert.Equal(_machine.Variables["TRANSFORMERS_CACHE"], settings.CacheDirectory);
    }

    [Theory]
    [InlineData("1", null, false)]
    [InlineData("0", null, true)]
    [InlineData(null, false, false)]
    [InlineData("1", true, true)]
    public void It_can_be_switched_off(string? variable, bool? option, bool isRead)
    {
        _machine.DotEnv($"HF_TOKEN={IdentityFixture.TokenA}");
        if (variable is not null)
        {
            _machine.Variables["SNUG_DISABLE_DOTENV"] = variable;
        }

        Assert.Equal(isRead, _machine.Resolve(o => o.UseDotEnv = option).Token is not null);
    }

    [Fact]
    public void It_does_not_switch_itself_on_or_ask_the_keychain()
    {
        _machine.DotEnv("SNUG_DISABLE_DOTENV=0\nSNUG_KEYCHAIN=1\n");
        _machine.Variables["SNUG_DISABLE_DOTENV"] = "1";

        Assert.Equal("not read", _machine.Resolve().All.Single(s => s.Name == ".env file").Value);
    }

    [Fact]
    public void It_moves_caches_but_never_the_place_of_tokens()
    {
        _machine.Variables.Clear();
        _machine.Variables["XDG_CACHE_HOME"] = _machine.Work;
        _machine.DotEnv($"HF_HOME={Path.Join(_machine.Work, "project")}\nHF_TOKEN_PATH={Path.Join(_machine.Work, "trap")}\n");

        HubSettings settings = _machine.Resolve();

        Assert.Equal(Path.Join(_machine.Work, "project"), settings.HomeDirectory);
        Assert.Equal(Path.Join(_machine.Work, "project", "hub"), settings.CacheDirectory);
        Assert.Equal(Path.Join(_machine.Work, "huggingface", "token"), settings.TokenPath);
    }

    [Fact]
    public void It_cannot_put_a_variable_into_the_name_of_a_folder()
    {
        _machine.Variables["HF_TOKEN"] = IdentityFixture.TokenA;
        _machine.DotEnv("HF_HUB_CACHE=/models/$HF_TOKEN");

        Assert.EndsWith("$HF_TOKEN", _machine.Resolve().CacheDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_concern_us_and_say_nothing_are_warned_of_and_others_are_not()
    {
        _machine.DotEnv("not ours\nOTHER=\"open\nHF_TOKEN='x' y\n");

        string warning = Assert.Single(_machine.Resolve().Warnings);

        Assert.StartsWith("Line 3 of ", warning, StringComparison.Ordinal);
        Assert.Contains("HF_TOKEN", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_configuration_is_passed_over_with_a_warning()
    {
        _machine.DotEnv(new string('x', DotEnvFile.MaxLength + 1));

        HubSettings settings = _machine.Resolve();

        Assert.Contains("more than 256 KiB", Assert.Single(settings.Warnings), StringComparison.Ordinal);
        Assert.Equal("not readable", settings.All.Single(s => s.Name == ".env file").Value);
    }

    [Fact]
    public void A_value_that_makes_no_sense_is_refused_and_its_source_named()
    {
        _machine.DotEnv("HF_HUB_ETAG_TIMEOUT=soon");

        HubException e = Assert.Throws<HubException>(() => _machine.Resolve());

        Assert.Contains("HF_HUB_ETAG_TIMEOUT in .env", e.Message, StringComparison.Ordinal);
    }
}
