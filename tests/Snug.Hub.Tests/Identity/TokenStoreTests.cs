namespace Snug.Hub.Tests;

public sealed class TokenStoreTests : IDisposable
{
    private static readonly AccessToken A = AccessToken.Parse(IdentityFixture.TokenA);
    private static readonly AccessToken B = AccessToken.Parse(IdentityFixture.TokenB);

    private readonly IdentityFixture _machine = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_saved_token_is_active_and_in_both_files_as_the_python_client_writes_them()
    {
        await _machine.Store().SaveAsync("work", A, Cancellation);
        await _machine.Store().SaveAsync("alone", B, Cancellation);

        Assert.Equal(IdentityFixture.TokenB, File.ReadAllText(_machine.TokenPath));
        Assert.Equal(
            $"[alone]\nhf_token = {IdentityFixture.TokenB}\n\n[work]\nhf_token = {IdentityFixture.TokenA}\n\n", File.ReadAllText(_machine.StoredTokensPath));
        Assert.Equal([("alone", true), ("work", false)], _machine.Store().List().Select(t => (t.Name, t.IsActive)));
        Assert.Equal((B, _machine.TokenPath), (_machine.Resolve().Token, _machine.Resolve().TokenSource));
    }

    [Fact]
    [Trait("Requirement", "S2-16")]
    public async Task The_files_are_for_their_owner_only_and_nothing_else_is_left()
    {
        FileModes.RequireThem();
        await _machine.Store().SaveAsync("work", A, Cancellation);
        await _machine.Store().SaveAsync("work", B, Cancellation);

        Assert.Equal(FileModes.Owner, FileModes.Get(_machine.TokenPath));
        Assert.Equal(FileModes.Owner, FileModes.Get(_machine.StoredTokensPath));
        Assert.Equal(FileModes.Owner | UnixFileMode.UserExecute, FileModes.Get(_machine.Home));
        Assert.Equal(["stored_tokens", "stored_tokens.lock", "token"], Directory.GetFiles(_machine.Home).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_closed_and_a_shared_folder_stays_shared()
    {
        FileModes.RequireThem();
        Directory.CreateDirectory(_machine.Home);
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        FileModes.Set(_machine.Home, Shared);
        _machine.StoreToken(IdentityFixture.TokenA);
        FileModes.Set(_machine.TokenPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await _machine.Store().SaveAsync("work", B, Cancellation);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, FileModes.Get(_machine.TokenPath));
        Assert.Equal(Shared, FileModes.Get(_machine.Home));
    }

    [Fact]
    public async Task A_token_file_that_is_a_link_stays_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows allows links to few.");
        Directory.CreateDirectory(_machine.Home);
        string target = Path.Join(_machine.Work, "real");
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(_machine.TokenPath, target);

        await _machine.Store().SaveAsync("work", A, Cancellation);

        Assert.Equal(IdentityFixture.TokenA, File.ReadAllText(target));
        Assert.Equal(target, new FileInfo(_machine.TokenPath).LinkTarget);
    }

    [Fact]
    public async Task Switching_makes_another_token_active_and_keeps_what_belongs_to_each()
    {
        await _machine.Store().SaveAsync("work", A, Cancellation);
        File.AppendAllText(_machine.StoredTokensPath, $"[oauth-bob]\nhf_token = {IdentityFixture.TokenB}\nrefresh_token = r\nexpires_at = 1790000000\n\n");

        await _machine.Store().SwitchAsync("oauth-bob", Cancellation);
        await _machine.Store().SaveAsync("third", AccessToken.Parse(IdentityFixture.TokenC), Cancellation);
        await _machine.Store().SwitchAsync("oauth-bob", Cancellation);

        Assert.Equal(IdentityFixture.TokenB, File.ReadAllText(_machine.TokenPath));
        StoredToken bob = _machine.Store().List().Single(t => t.IsActive);
        Assert.Equal(("oauth-bob", DateTimeOffset.FromUnixTimeSeconds(1790000000)), (bob.Name, bob.ExpiresAt));
        Assert.Contains("refresh_token = r\n", File.ReadAllText(_machine.StoredTokensPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_to_a_name_that_is_not_there_names_those_that_are()
    {
        await _machine.Store().SaveAsync("work", A, Cancellation);

        HubException e = await Assert.ThrowsAsync<HubException>(() => _machine.Store().SwitchAsync("home", Cancellation));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.Contains("work", e.Advice[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_the_active_token_leaves_none_active_and_the_others_stored()
    {
        await _machine.Store().SaveAsync("work", A, Cancellation);
        await _machine.Store().SaveAsync("home", B, Cancellation);

        Assert.True(await _machine.Store().RemoveAsync("home", Cancellation));
        Assert.False(File.Exists(_machine.TokenPath));
        Assert.Equal([("work", false)], _machine.Store().List().Select(t => (t.Name, t.IsActive)));
        Assert.False(await _machine.Store().RemoveAsync("work", Cancellation));
    }

    [Fact]
    public async Task Removing_all_takes_files_and_keychain_even_when_a_file_is_damaged()
    {
        await _machine.Store().SaveAsync("work", A, Cancellation);
        await _machine.Store().SaveToKeychainAsync("safe", B, Cancellation);
        File.WriteAllText(_machine.StoredTokensPath, "damaged");

        Assert.True(await _machine.Store().RemoveAllAsync(Cancellation));

        Assert.Null(_machine.Keychain.Secret);
        Assert.Equal(["stored_tokens.lock"], Directory.GetFiles(_machine.Home, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.False(await _machine.Store().RemoveAllAsync(Cancellation));
    }

    [Theory]
    [InlineData("no section\n")]
    [InlineData("{\"other\": 1}")]
    public async Task A_damaged_file_is_never_overwritten(string text)
    {
        Directory.CreateDirectory(_machine.Home);
        File.WriteAllText(_machine.StoredTokensPath, text);

        HubException e = await Assert.ThrowsAsync<HubException>(() => _machine.Store().SaveAsync("work", A, Cancellation));

        Assert.Equal(HubErrorKind.TokenStorage, e.Kind);
        Assert.Equal(text, File.ReadAllText(_machine.StoredTokensPath));
        Assert.False(File.Exists(_machine.TokenPath));
    }

    [Fact]
    public async Task The_file_of_the_rust_client_becomes_one_that_the_python_client_reads_with_nothing_lost()
    {
        Directory.CreateDirectory(_machine.Home);
        File.WriteAllText(_machine.StoredTokensPath, "{\"tokens\": {\"rusty\": {\"token\": \"" + IdentityFixture.TokenB + "\"}}, \"active\": \"rusty\"}");

        await _machine.Store().SaveAsync("work", A, Cancellation);

        Assert.Equal(["rusty", "work"], _machine.Store().List().Select(t => t.Name));
        Assert.StartsWith("[rusty]\n", File.ReadAllText(_machine.StoredTokensPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_the_keychain_is_in_no_file_and_the_former_active_one_is_kept_by_name()
    {
        _machine.StoreToken(IdentityFixture.TokenA);

        await _machine.Store().SaveToKeychainAsync("safe", B, Cancellation);

        Assert.Equal(IdentityFixture.TokenB, _machine.Keychain.Secret);
        Assert.False(File.Exists(_machine.TokenPath));
        Assert.All(Directory.GetFiles(_machine.Home, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain(IdentityFixture.TokenB, File.ReadAllText(f), StringComparison.Ordinal));
        Assert.Equal([("previous", false, false), ("safe", true, true)], _machine.Store().List().Select(t => (t.Name!, t.IsActive, t.IsInKeychain)));

        await _machine.Store().SwitchAsync("previous", Cancellation);
        Assert.Equal([("previous", true), ("safe", false)], _machine.Store().List().Select(t => (t.Name, t.IsActive)));
        await _machine.Store().SwitchAsync("safe", Cancellation);
        Assert.Equal(B, _machine.Resolve(o => o.Keychain = _machine.Keychain).Token);

        Assert.True(await _machine.Store().RemoveAsync("safe", Cancellation));
        Assert.Null(_machine.Keychain.Secret);
    }

    [Fact]
    public async Task A_token_file_without_a_name_is_listed()
    {
        _machine.StoreToken(IdentityFixture.TokenA);

        StoredToken token = Assert.Single(_machine.Store().List());

        Assert.Equal((null, A, true), (token.Name, token.Token, token.IsActive));
        await Assert.ThrowsAsync<HubException>(() => _machine.Store().RemoveAsync("x", Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nhf_token = hf_smuggled")]
    [InlineData("DEFAULT")]
    public async Task A_name_that_would_break_the_file_is_refused(string name)
    {
        HubException e = await Assert.ThrowsAsync<HubException>(() => _machine.Store().SaveAsync(name, A, Cancellation));

        Assert.Equal(HubErrorKind.InvalidRequest, e.Kind);
        Assert.False(File.Exists(_machine.TokenPath));
    }

    [Fact]
    public async Task Logins_of_many_at_once_lose_none()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => _machine.Store().SaveAsync($"token-{i}", AccessToken.Parse($"hf_{i:00}0000000000000000000000000000000000"), Cancellation), Cancellation)));

        Assert.Equal(12, _machine.Store().List().Count);
        Assert.Single(_machine.Store().List(), t => t.IsActive);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_a_storage_error_with_advice()
    {
        File.WriteAllText(_machine.Home, "a file where the folder should be");

        HubException e = await Assert.ThrowsAsync<HubException>(() => _machine.Store().SaveAsync("work", A, Cancellation));

        Assert.Equal(HubErrorKind.TokenStorage, e.Kind);
        Assert.NotEmpty(e.Advice);
        Assert.DoesNotContain(IdentityFixture.TokenA, e.ToString(), StringComparison.Ordinal);
    }
}
