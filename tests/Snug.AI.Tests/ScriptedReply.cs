namespace Snug.AI.Tests;

/// <summary>What a model is to answer, whatever client it is asked through.</summary>
public sealed record ScriptedReply
{
    /// <summary>The text, in the pieces in which it arrives when streamed.</summary>
    public string[] Text { get; init; } = [];

    /// <summary>What the model thinks before it answers.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Functions that it calls: name, and arguments as JSON.</summary>
    public (string Name, string Arguments)[] Calls { get; init; } = [];

    /// <summary>Whether it is cut off at the most tokens that were allowed.</summary>
    public bool IsCut { get; init; }

    /// <summary>The reply for a text in pieces.</summary>
    public static ScriptedReply Of(params string[] pieces) => new() { Text = pieces };

    /// <summary>The reply that calls functions.</summary>
    public static ScriptedReply Calling(params (string Name, string Arguments)[] calls) => new() { Calls = calls };
}
