namespace Snug.Tokenizers;

/// <summary>The class that a tokenizer has in Python, which says how files without a pipeline are to be understood.</summary>
internal static class PythonClass
{
    private static readonly string[] Endings = ["TokenizerFast", "Tokenizer"];

    /// <summary>The family of the class: <c>T5</c> of <c>T5TokenizerFast</c>; null when the file does not say.</summary>
    public static string? Of(TokenizerConfiguration configuration)
    {
        foreach (string ending in Endings)
        {
            if (configuration.TokenizerClass?.EndsWith(ending, StringComparison.Ordinal) == true)
            {
                return configuration.TokenizerClass[..^ending.Length];
            }
        }

        return configuration.TokenizerClass;
    }
}
