namespace Snug.Tokenizers;

/// <summary>A regular expression that is wrong or uses what is not supported.</summary>
internal sealed class PatternException(string message, int position) : Exception($"{message} at character {position} of the pattern")
{
    public int Position => position;
}
