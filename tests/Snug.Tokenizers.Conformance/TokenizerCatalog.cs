namespace Snug.Tokenizers.Conformance;

/// <summary>The tokenizers to compare with: those of the npm packages, and those of the fixtures where they are.</summary>
internal static class TokenizerCatalog
{
    public static IReadOnlyList<(string Name, string File)> All(string engineFolder)
    {
        List<(string, string)> found = [];
        string packages = Path.Combine(engineFolder, "node_modules", "@lenml");
        foreach (string folder in Directory.EnumerateDirectories(packages).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(folder, "models", "tokenizer.json");
            if (File.Exists(file))
            {
                found.Add((Path.GetFileName(folder).Replace("tokenizer-", "", StringComparison.Ordinal), file));
            }
        }

        if (Checkout.Fixtures is { } fixtures)
        {
            foreach (string folder in Directory.EnumerateDirectories(Path.Combine(fixtures, "tokenizers")).Order(StringComparer.Ordinal))
            {
                string file = Path.Combine(folder, "tokenizer.json");
                if (File.Exists(file))
                {
                    found.Add((Path.GetFileName(folder), file));
                }
            }
        }

        return found;
    }
}
