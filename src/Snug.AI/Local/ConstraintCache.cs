using System.Text.Json;
using Snug.Inference;

namespace Snug.AI;

/// <summary>Schemas that were compiled lately: applications ask with the same ones again and again.</summary>
internal sealed class ConstraintCache
{
    private const int Size = 16;

    private readonly Lock _gate = new();

    /// <summary>The latest last.</summary>
    private readonly List<(string Schema, OutputConstraint Constraint)> _latest = [];

    /// <summary>The constraint of a schema; of none, any object.</summary>
    /// <exception cref="ConstraintException">The schema has what is not supported.</exception>
    public OutputConstraint Get(JsonElement? schema)
    {
        if (schema is not { } element)
        {
            return OutputConstraint.JsonObject;
        }

        string text = element.GetRawText();
        lock (_gate)
        {
            int at = _latest.FindIndex(entry => entry.Schema == text);
            if (at >= 0)
            {
                (string Schema, OutputConstraint Constraint) known = _latest[at];
                _latest.RemoveAt(at);
                _latest.Add(known);
                return known.Constraint;
            }
        }

        OutputConstraint constraint = OutputConstraint.FromJsonSchema(element);
        lock (_gate)
        {
            if (_latest.Count == Size)
            {
                _latest.RemoveAt(0);
            }

            _latest.Add((text, constraint));
        }

        return constraint;
    }
}
