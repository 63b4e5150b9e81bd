using System.Text.Json;

namespace Snug.AI;

/// <summary>A call that a model wrote.</summary>
/// <param name="Id">The id, where the family writes one.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">The arguments by name.</param>
internal sealed record ToolCall(string? Id, string Name, IReadOnlyDictionary<string, JsonElement> Arguments);
