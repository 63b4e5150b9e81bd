namespace Snug.Tokenizers;

/// <summary>What holds at a place between characters.</summary>
internal enum AssertionKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrLastLine,
    SearchStart,
    WordBoundary,
    NoWordBoundary,
}
