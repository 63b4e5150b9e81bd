namespace Snug.Hub.Tests;

/// <summary>A keychain in memory that counts how often it is asked.</summary>
internal sealed class FakeKeychain : Keychain
{
    public override string Name => "test keychain";

    public string? Secret { get; set; }

    public bool IsLocked { get; set; }

    public int Reads { get; private set; }

    public override string? FindProblem() => IsLocked ? "It is locked." : null;

    protected override string? ReadSecret()
    {
        Reads++;
        return IsLocked ? throw new HubException(HubErrorKind.TokenStorage, "The test keychain is locked.") : Secret;
    }

    protected override void WriteSecret(string secret) => Secret = secret;

    protected override bool DeleteSecret()
    {
        bool existed = Secret is not null;
        Secret = null;
        return existed;
    }
}
