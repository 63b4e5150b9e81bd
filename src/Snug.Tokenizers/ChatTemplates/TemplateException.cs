namespace Snug.Tokenizers;

/// <summary>A chat template is wrong, cannot be rendered with what it was given, or refuses to.</summary>
public sealed class TemplateException : Exception
{
    internal TemplateException(string message, TemplatePosition position, Exception? innerException = null)
        : base($"line {position.Line}, column {position.Column}: {message}", innerException)
    {
        (Line, Column, Reason) = (position.Line, position.Column, message);
    }

    /// <summary>The line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>The column in the line, in UTF-16 units from 1.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place; the template's own words where it refuses with <c>raise_exception</c>.</summary>
    public string Reason { get; }
}
