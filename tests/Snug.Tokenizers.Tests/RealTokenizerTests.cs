using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Real tokenizers, compared with the reference engine on everything that it returns. Two classes, so that they run side by side.</summary>
public abstract class RealTokenizerTests(EngineFixture engines)
{
    private const int GeneratedStrings = 200;

    private protected async Task CompareAsync(string name)
    {
        string file = TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File;
        using ReferenceEngine engine = engines.Start();
        await engine.LoadAsync(file);
        Tokenizer tokenizer = Tokenizer.FromFile(file);
        Comparer comparer = new(name, tokenizer, engine);
        TextGenerator generator = new(20261121) { Extra = [.. tokenizer.AddedTokens.Values.Select(token => token.Content)] };
        List<string> texts = [.. FixedInputs.For(tokenizer), .. Enumerable.Range(0, GeneratedStrings).Select(_ => generator.Next())];
        await comparer.RunAsync(texts.Select(text => (text, (string?)null)), special: true);
        Assert.Equal(texts.Count, comparer.Compared);

        // Where a text ends, and what is added around it, does not depend on what stands in it: fewer of them do.
        (string, string?)[] pairs = [.. FixedInputs.Pairs.Select(pair => (pair.First, (string?)pair.Second)), .. texts.TakeLast(40).Chunk(2).Select(pair => (pair[0], (string?)pair[1]))];
        await comparer.RunAsync(pairs, special: true);
        await comparer.RunAsync(pairs, special: false, decode: false);
        await comparer.RunAsync(pairs.Select(pair => (pair.Item1, (string?)null)), special: false);
        Assert.True(comparer.Mismatches.Count == 0, $"{comparer.Mismatches.Count} mismatches, first: {comparer.Mismatches.FirstOrDefault()}");
    }
}
