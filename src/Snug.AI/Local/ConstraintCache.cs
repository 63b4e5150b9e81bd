using Snug.Inference;

namespace Snug.AI;

/// <summary>Schemas that were compiled lately: applications ask with the same ones again and again.</summary>
internal sealed class ConstraintCache
{
    private const int Size = 16;

    private readonly Lock _gate = new();

    /// <summary>The latest last.</summary>
    private readonly List<(string Text, OutputConstraint Constraint)> _latest = [];

    /// <summary>The constraint of some texts.</summary>
    /// <exception cref="ConstraintException">A schema has what is not supported.</exception>
    public OutputConstraint Get(params ConstraintChoice[] choices)
    {
        string text = string.Join('\0', choices.Select(choice => $"{choice.Before}\0{choice.Schema.GetRawText()}\0{choice.After}"));
        lock (_gate)
        {
            int at = _latest.FindIndex(entry => entry.Text == text);
            if (at >= 0)
            {
                (string Text, OutputConstraint Constraint) known = _latest[at];
                _latest.RemoveAt(at);
                _latest.Add(known);
                return known.Constraint;
            }
        }

        OutputConstraint constraint = OutputConstraint.FromChoices(choices);
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
