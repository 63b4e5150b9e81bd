namespace Snug.Tokenizers;

/// <summary>A tokenizer file cannot be used, or a tokenizer cannot do what was asked.</summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="jsonPath">Where in the file: <c>$.model.merges[3]</c>.</param>
    /// <param name="innerException">The cause.</param>
    public TokenizerException(string message, string? jsonPath = null, Exception? innerException = null)
        : base(jsonPath is null ? message : $"{jsonPath}: {message}", innerException)
    {
        JsonPath = jsonPath;
        Reason = message;
    }

    /// <summary>The place in the file, when the file is wrong: <c>$.model.merges[3]</c>.</summary>
    public string? JsonPath { get; }

    /// <summary>The file, when it is known.</summary>
    public string? File { get; private init; }

    private string Reason { get; }

    /// <summary>The same exception, of a known file.</summary>
    internal TokenizerException InFile(string file) =>
        new(JsonPath is null ? $"{file}: {Reason}" : $"{file}: {JsonPath}: {Reason}", this) { File = file };

    private TokenizerException(string message, TokenizerException cause)
        : base(message, cause)
    {
        JsonPath = cause.JsonPath;
        Reason = cause.Reason;
    }
}
