namespace Snug.Tokenizers.Conformance;

/// <summary>The reference engine has refused.</summary>
internal sealed class ReferenceException(string message) : Exception(message);
