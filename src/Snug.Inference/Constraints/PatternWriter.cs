using System.Text;

namespace Snug.Inference;

/// <summary>Adds what a pattern matches to a grammar, as the inside of a JSON text: with escapes where there must be.</summary>
internal sealed class PatternWriter(GrammarBuilder builder, JsonGrammar json)
{
    public int Write(int from, PatternNode node) => node switch
    {
        PatternNode.Sequence sequence => sequence.Parts.Aggregate(from, Write),
        PatternNode.Choice choice => builder.Choice(from, choice.Parts.Select(part => (Func<int, int>)(at => Write(at, part)))),
        PatternNode.Repeat repeat => builder.Repeat(from, repeat.Least, repeat.Most, at => Write(at, repeat.Part)),
        PatternNode.Character character => builder.Literal(from, json.BeyondAscii is null
            ? Encoding.ASCII.GetBytes(string.Concat(character.Value.ToString().Select(unit => $"\\u{(int)unit:x4}")))
            : Encoding.UTF8.GetBytes(character.Value.ToString())),
        PatternNode.Set set => Write(from, set),
        _ => throw new InvalidOperationException($"There is no way to write {node.GetType().Name}."),
    };

    private int Write(int from, PatternNode.Set set)
    {
        int to = builder.NewState();
        for (int value = 0; value < set.Ascii.Length; value++)
        {
            if (!set.Ascii[value])
            {
                continue;
            }

            if (value >= 0x20 && value is not ('"' or '\\'))
            {
                int last = value;
                while (last + 1 < set.Ascii.Length && set.Ascii[last + 1] && last + 1 is not ('"' or '\\'))
                {
                    last++;
                }

                builder.Edge(from, (byte)value, (byte)last, to);
                value = last;
                continue;
            }

            string escape = value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => $"\\u{value:x4}",
            };
            builder.Epsilon(builder.Literal(from, Encoding.ASCII.GetBytes(escape)), to);
        }

        if (set.BeyondAscii && json.OfPlaneZero is { } beyond)
        {
            builder.CallTo(from, beyond, to);
        }

        return to;
    }
}
