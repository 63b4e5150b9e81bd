using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Starts the reference engine for a test; skips the test where Node is missing, unless everything must be there.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private string? _folder;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _folder = await Checkout.InstallEngineAsync();
        }
        catch (System.ComponentModel.Win32Exception exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            _missing = $"Node and npm are needed: {exception.Message}";
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal string Folder
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _folder!;
        }
    }

    internal ReferenceEngine Start() => ReferenceEngine.Start(Folder);
}
