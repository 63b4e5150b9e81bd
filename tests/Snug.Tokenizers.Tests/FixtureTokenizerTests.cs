using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>The tokenizers of the fixtures, families that the packages lack.</summary>
public sealed class FixtureTokenizerTests(EngineFixture engines) : RealTokenizerTests(engines)
{
    private const string None = "(no fixtures)";

    public static TheoryData<string> Names() =>
        Checkout.Fixtures is { } fixtures
            ? [.. Directory.EnumerateDirectories(Path.Combine(fixtures, "tokenizers")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
            : [None];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_real_tokenizer_gives_what_the_reference_gives(string name)
    {
        Assert.SkipWhen(name == None, "The fixtures are not there.");
        return CompareAsync(name);
    }
}
