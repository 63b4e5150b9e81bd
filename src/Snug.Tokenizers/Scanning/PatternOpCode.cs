namespace Snug.Tokenizers;

/// <summary>What an instruction of a compiled pattern does.</summary>
internal enum PatternOpCode
{
    /// <summary>The pattern matches here.</summary>
    Accept,

    /// <summary>One character of set A.</summary>
    Set,

    /// <summary>The literal bytes at A, B of them.</summary>
    Literal,

    /// <summary>At least B and at most C characters of set A, as many as possible, given back one by one.</summary>
    RepeatGreedy,

    /// <summary>At least B and at most C characters of set A, as few as possible.</summary>
    RepeatLazy,

    /// <summary>At least B and at most C characters of set A, as many as possible, none given back.</summary>
    RepeatPossessive,

    /// <summary>Goes on; A is tried when that fails. Goes to A at once when the next byte is not in filter B (-1: no filter).</summary>
    Try,

    /// <summary>Goes to A; the next instruction is tried when that fails.</summary>
    TryLater,

    /// <summary>Goes to A.</summary>
    Jump,

    /// <summary>Assertion A.</summary>
    Assert,

    /// <summary>What follows up to its Accept must match (B = 0) or must not (B = 1); goes on at A.</summary>
    LookAhead,

    /// <summary>The same for text that ends here, of B to C characters; goes on at A.</summary>
    LookBehind,

    /// <summary>The same for text that must not precede.</summary>
    LookBehindNot,

    /// <summary>What follows up to its Accept is matched once, without alternatives; goes on at A.</summary>
    Atomic,

    /// <summary>Stores the place in register A.</summary>
    Save,

    /// <summary>The text between registers A and A + 1 again.</summary>
    BackReference,

    /// <summary>Goes to B when nothing was matched since register A was stored.</summary>
    LeaveIfEmpty,
}
