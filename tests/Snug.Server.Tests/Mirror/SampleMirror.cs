namespace Snug.Server.Tests;

/// <summary>One mirror of the demonstration repositories, shared by the tests that only read from it.</summary>
public sealed class SampleMirror : IAsyncLifetime
{
    internal Mirror Mirror { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Mirror = await Tests.Mirror.OfSamplesAsync();

    public ValueTask DisposeAsync() => Mirror.DisposeAsync();
}
