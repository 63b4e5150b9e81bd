namespace Snug.Hub.Tests;

public sealed class AccessTokenTests
{
    private const string Text = IdentityFixture.TokenA;

    [Theory]
    [InlineData(Text)]
    [InlineData($"  {Text}\r\n")]
    [InlineData($"\uFEFF{Text}\n")]
    [InlineData($"\"{Text}\"")]
    [InlineData($"'{Text}'\n")]
    [InlineData("hf_AAAA0000000000000000\n0000000000000000")]
    public void Surroundings_of_files_and_clipboards_are_removed(string text) => Assert.Equal(AccessToken.Parse(Text), AccessToken.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("\"\"")]
    [InlineData("hf_a b")]
    [InlineData("hf_ä")]
    [InlineData("hf_\u0007")]
    public void What_cannot_stand_in_a_header_is_no_token(string text)
    {
        Assert.False(AccessToken.TryParse(text, out _));
        Assert.Equal(HubErrorKind.InvalidToken, Assert.Throws<HubException>(() => AccessToken.Parse(text)).Kind);
    }

    [Fact]
    public void Fingerprints_tell_tokens_apart_that_look_the_same_when_masked()
    {
        AccessToken one = AccessToken.Parse("hf_AAAA00000000000000000000000000000001");
        AccessToken other = AccessToken.Parse("hf_AAAA00000000000000000000000000000002");

        Assert.Equal(one.Masked, other.Masked);
        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
        Assert.Equal(one.Fingerprint, AccessToken.Parse(" hf_AAAA00000000000000000000000000000001\n").Fingerprint);
        Assert.Matches("^[0-9a-f]{8}$", one.Fingerprint);
    }

    [Fact]
    public void It_prints_masked_in_every_way_that_a_program_prints_things()
    {
        AccessToken token = AccessToken.Parse(Text);
        string all = $"{token} {token.Masked} {new TokenCandidate(TokenSourceKind.File, "x", token)} {new StoredToken("n", token, true, false, null)}";

        Assert.Equal("hf_AAAA…", token.ToString());
        Assert.DoesNotContain(Text, all, StringComparison.Ordinal);
        Assert.Equal($"{{\"Masked\":\"hf_AAAA\\u2026\",\"Fingerprint\":\"{token.Fingerprint}\"}}", System.Text.Json.JsonSerializer.Serialize(token));
    }

    [Fact]
    public void A_short_token_shows_nothing_of_itself() => Assert.Equal("hf_…", AccessToken.Parse("hf_short").Masked);

    [Fact]
    public void Tokens_are_equal_by_their_text()
    {
        Assert.True(AccessToken.Parse(Text) == AccessToken.Parse(Text));
        Assert.True(AccessToken.Parse(Text) != AccessToken.Parse(IdentityFixture.TokenB));
        Assert.False(AccessToken.Parse(Text) == null);
    }
}
