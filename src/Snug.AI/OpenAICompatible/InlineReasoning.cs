using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>
/// Takes reasoning out of the text of one answer, where the server leaves it there: between <c>&lt;think></c> and <c>&lt;/think></c>, before
/// anything else. Pieces of a stream may be cut anywhere.
/// </summary>
internal sealed class InlineReasoning(bool isExpected)
{
    private static readonly ReasoningFormat Format = new("<think>", "</think>");

    private readonly OutputReader? _reader = isExpected
        ? new OutputReader(Format, startsWithReasoning: false, format: null, new ToolSchemas(new Dictionary<string, System.Text.Json.JsonElement>()))
        : null;

    /// <summary>The contents of a piece, with reasoning apart; what may be the start of a mark is held back.</summary>
    public List<AIContent> Read(List<AIContent> contents) => _reader is null
        ? contents
        : [.. contents.SelectMany(content => content is TextContent text ? Contents(_reader.Push(text.Text)) : [content])];

    /// <summary>What was held back, when the text has ended.</summary>
    public List<AIContent> Finish() => _reader is null ? [] : [.. Contents(_reader.Finish())];

    private static IEnumerable<AIContent> Contents(IReadOnlyList<OutputPiece> pieces) =>
        pieces.Select(piece => piece.IsReasoning ? (AIContent)new TextReasoningContent(piece.Text) : new TextContent(piece.Text));
}
