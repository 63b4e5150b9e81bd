using System.Diagnostics;
using Snug.Tokenizers;
using Snug.Tokenizers.Conformance;

// dotnet run --project tests/Snug.Tokenizers.Conformance -- [--strings N] [--seed S] [--tokenizer NAME] [--fixed] [--show N]
// Compares every tokenizer (or those whose name contains NAME) with the reference engine on fixed inputs and N generated strings.
int strings = 0;
int seed = 1;
int show = 5;
string? filter = null;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--strings":
            strings = int.Parse(args[++i]);
            break;
        case "--seed":
            seed = int.Parse(args[++i]);
            break;
        case "--tokenizer":
            filter = args[++i];
            break;
        case "--show":
            show = int.Parse(args[++i]);
            break;
        default:
            Console.Error.WriteLine("usage: [--strings N] [--seed S] [--tokenizer NAME] [--show N]");
            return 2;
    }
}

string folder = await Checkout.InstallEngineAsync();
int failures = 0;
foreach ((string name, string file) in TokenizerCatalog.All(folder))
{
    if (filter is not null && !filter.Split(',').Any(part => name.Contains(part, StringComparison.Ordinal)))
    {
        continue;
    }

    using ReferenceEngine engine = ReferenceEngine.Start(folder);
    double theirLoad = await engine.LoadAsync(file);
    Tokenizer tokenizer;
    Stopwatch watch = Stopwatch.StartNew();
    try
    {
        tokenizer = Tokenizer.FromFile(file);
    }
    catch (TokenizerException exception)
    {
        Console.WriteLine($"{name}: cannot be loaded: {exception.Message}");
        failures++;
        continue;
    }

    double ourLoad = watch.Elapsed.TotalMilliseconds;
    Comparer comparer = new(name, tokenizer, engine);
    List<string> fixedTexts = FixedInputs.For(tokenizer);
    watch.Restart();
    foreach (bool special in (bool[])[true, false])
    {
        await comparer.RunAsync(fixedTexts.Select(text => (text, (string?)null)), special);
    }

    foreach (bool special in (bool[])[true, false])
    {
        await comparer.RunAsync(fixedTexts.Zip(fixedTexts.Skip(1).Append("end")).Select(pair => (pair.First, (string?)pair.Second)), special);
    }

    long compared = comparer.Compared;
    int onFixed = comparer.Mismatches.Count;
    TextGenerator generator = new(seed) { Extra = [.. tokenizer.AddedTokens.Values.Select(token => token.Content)] };
    await comparer.RunAsync(Enumerable.Range(0, strings).Select(_ => (generator.Next(), (string?)null)), special: true);
    Console.WriteLine($"{name}: fixed {compared}, {onFixed} mismatches; generated {comparer.Compared - compared}, {comparer.Mismatches.Count - onFixed} mismatches; load {ourLoad:F0} ms (reference {theirLoad:F0} ms); {watch.Elapsed.TotalSeconds:F1} s");
    foreach (Mismatch mismatch in comparer.Mismatches.Take(show))
    {
        Console.WriteLine($"  {mismatch}");
    }

    failures += comparer.Mismatches.Count > 0 ? 1 : 0;
}

return failures == 0 ? 0 : 1;
