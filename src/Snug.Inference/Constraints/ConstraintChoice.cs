using System.Text.Json;

namespace Snug.Inference;

/// <summary>A text that output may be: JSON by a schema, with fixed texts around it.</summary>
/// <param name="Before">What stands before the JSON.</param>
/// <param name="Schema">The schema.</param>
/// <param name="After">What stands behind it.</param>
public sealed record ConstraintChoice(string Before, JsonElement Schema, string After);
