namespace Snug.Inference;

/// <summary>Output cannot be constrained as asked for: a schema has what is not supported, or a vocabulary cannot write it.</summary>
public sealed class ConstraintException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What cannot be done.</param>
    /// <param name="keyword">The keyword of the schema; null if it is not about one.</param>
    /// <param name="path">Where in the schema, as a JSON pointer with a leading <c>#</c>; null if it is not about one.</param>
    public ConstraintException(string message, string? keyword = null, string? path = null)
        : base(message) => (Keyword, SchemaPath) = (keyword, path);

    /// <summary>The keyword of the schema that is not supported; null if it is not about one.</summary>
    public string? Keyword { get; }

    /// <summary>Where in the schema, as a JSON pointer with a leading <c>#</c>; null if it is not about a schema.</summary>
    public string? SchemaPath { get; }
}
