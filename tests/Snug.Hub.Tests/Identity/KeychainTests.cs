namespace Snug.Hub.Tests;

/// <summary>The keychains of the systems. That of Linux is tested with a real service by the tests of the command line.</summary>
public sealed class KeychainTests
{
    private static readonly AccessToken Token = AccessToken.Parse(IdentityFixture.TokenA);

    [Fact]
    [Trait("Requirement", "S2-16")]
    public void The_keychain_of_windows_keeps_replaces_and_forgets_a_token()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "The Credential Manager is part of Windows.");
        if (OperatingSystem.IsWindows())
        {
            RoundTrip(new WindowsCredentialManager($"snug-test-{Guid.NewGuid():N}"));
        }
    }

    [Fact]
    [Trait("Requirement", "S2-16")]
    public void The_keychain_of_macos_keeps_replaces_and_forgets_a_token()
    {
        Assert.SkipUnless(OperatingSystem.IsMacOS(), "The Keychain is part of macOS.");
        RoundTrip(new MacKeychain($"snug-test-{Guid.NewGuid():N}"));
    }

    [Theory]
    [InlineData("hf_x", "add-generic-password -U -s \"item\" -a \"item\" -w \"hf_x\"\n")]
    [InlineData("a\"b\\c d", "add-generic-password -U -s \"item\" -a \"item\" -w \"a\\\"b\\\\c d\"\n")]
    public void The_command_for_macos_quotes_what_it_stores(string secret, string expected) =>
        Assert.Equal(expected, MacKeychain.StoreCommand("item", secret));

    [Fact]
    public void A_keychain_whose_program_is_missing_says_what_to_install_and_what_else_to_do()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "Elsewhere the keychain is the Secret Service.");
        SecretService service = new($"snug-test-{Guid.NewGuid():N}");
        string? path = Environment.GetEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS");
        Assert.SkipUnless(path is null, "There is a session with a keyring.");

        string? problem = service.FindProblem();

        Assert.Contains("libsecret-tools", problem, StringComparison.Ordinal);
        Assert.Contains("--store file", problem, StringComparison.Ordinal);
        HubException e = Assert.Throws<HubException>(() => service.Write(Token));
        Assert.Equal(HubErrorKind.TokenStorage, e.Kind);
        Assert.DoesNotContain(IdentityFixture.TokenA, e.ToString(), StringComparison.Ordinal);
    }

    private static void RoundTrip(Keychain keychain)
    {
        Assert.Null(keychain.FindProblem());
        Assert.Null(keychain.Read());
        Assert.False(keychain.Delete());
        keychain.Write(Token);
        Assert.Equal(Token, keychain.Read());
        keychain.Write(AccessToken.Parse(IdentityFixture.TokenB));
        Assert.Equal(AccessToken.Parse(IdentityFixture.TokenB), keychain.Read());
        Assert.True(keychain.Delete());
        Assert.Null(keychain.Read());
    }
}
