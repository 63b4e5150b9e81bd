namespace Snug.Tokenizers;

/// <summary>A value is not of a kind that an operation takes. The place in the template is added where it is known.</summary>
internal sealed class JinjaTypeException(string message) : Exception(message);
