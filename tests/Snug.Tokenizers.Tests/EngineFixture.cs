using System.Collections.Concurrent;
using Snug.Tokenizers.Conformance;

[assembly: AssemblyFixture(typeof(Snug.Tokenizers.Tests.EngineFixture))]

namespace Snug.Tokenizers.Tests;

/// <summary>
/// The reference engine for all tests: installed once, and a few processes of it that the tests take turns with.
/// Skips a test where Node is missing, unless everything must be there.
/// </summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private readonly ConcurrentBag<ReferenceEngine> _idle = [];
    private string? _folder;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _folder = await Checkout.InstallEngineAsync();
            _idle.Add(ReferenceEngine.Start(_folder, _idle.Add));
        }
        catch (System.ComponentModel.Win32Exception exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            _missing = $"Node and npm are needed: {exception.Message}";
        }
    }

    public ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out ReferenceEngine? engine))
        {
            engine.End();
        }

        return ValueTask.CompletedTask;
    }

    internal string Folder
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _folder!;
        }
    }

    /// <summary>An engine; disposing of it hands it to the next test, so load a tokenizer first.</summary>
    internal ReferenceEngine Start()
    {
        string folder = Folder;
        while (_idle.TryTake(out ReferenceEngine? engine))
        {
            if (engine.IsAlive)
            {
                return engine;
            }

            engine.End();
        }

        return ReferenceEngine.Start(folder, _idle.Add);
    }
}
