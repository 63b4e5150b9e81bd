using Snug.Server;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>A hub with the demonstration repositories, whose people stand in every relation to them.</summary>
public sealed class AccessHub : IAsyncLifetime
{
    public const string Tiny = "snug/tiny-model";
    public const string OldName = "snug/old-name";
    public const string Gated = "snug/gated-model";
    public const string Manual = "snug/manual-model";
    public const string Private = "snug/private-model";
    public const string Disabled = "snug/disabled-model";
    public const string Missing = "snug/nothing-here";

    /// <summary>Tokens of samples/repositories/hub.json by who has them; they work nowhere else.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tokens = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["alice"] = "hf_DEMOaliceREAD00000000000000000000000000000",
        ["alice-expired"] = "hf_DEMOaliceEXPIRED00000000000000000000000000",
        ["alice-fine"] = "hf_DEMOaliceFINE00000000000000000000000000000",
        ["alice-fine-gated"] = "hf_DEMOaliceFINEGATED000000000000000000000000",
        ["alice-fine-scoped"] = "hf_DEMOaliceFINESCOPED00000000000000000000000",
        ["bob"] = "hf_DEMObobREAD0000000000000000000000000000000",
        ["carol"] = "hf_DEMOcarolREAD00000000000000000000000000000",
        ["dave"] = "hf_DEMOdaveREAD000000000000000000000000000000",
        ["erin"] = "hf_DEMOerinREAD000000000000000000000000000000",
        ["unknown"] = "hf_DEMOnobodyKNOWSthisONE000000000000000000000",
    };

    internal TestHub Hub { get; private set; } = null!;

    internal HubClient Client(TemporaryCache cache, string? who, Action<HubClientOptions>? configure = null) => Hub.CreateClient(cache, options =>
    {
        options.Token = who is null ? null : AccessToken.Parse(Tokens[who]);
        options.MaxRetries = 1;
        configure?.Invoke(options);
    });

    public async ValueTask InitializeAsync() =>
        Hub = await TestHub.StartAsync(new FolderRepositorySource(Checkout.Samples), cancellationToken: TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
