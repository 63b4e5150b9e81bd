using System.Text;

namespace Snug.Tokenizers;

/// <summary>Values as sequences: what can be iterated, indexed and sliced. Texts are sequences of code points.</summary>
internal static class JinjaSequences
{
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        string text => [.. Characters(text)],
        JinjaDictionary dictionary => [.. dictionary.Keys],
        JinjaUndefined => [],
        _ => throw new JinjaTypeException($"{JinjaText.TypeName(value)} cannot be iterated"),
    };

    public static long Length(object? value) => value switch
    {
        string text => text.Length - text.Count(char.IsLowSurrogate),
        List<object?> list => list.Count,
        JinjaDictionary dictionary => dictionary.Count,
        JinjaUndefined => 0,
        _ => throw new JinjaTypeException($"{JinjaText.TypeName(value)} has no length"),
    };

    public static List<string> Characters(string text)
    {
        List<string> characters = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int length = char.IsSurrogatePair(text, at) ? 2 : 1;
            characters.Add(text.Substring(at, length));
            at += length;
        }

        return characters;
    }

    /// <summary>The item at an index, which may count from the end; undefined when there is none.</summary>
    public static object? At(object? value, long index)
    {
        IReadOnlyList<object?> items = Items(value);
        index = index < 0 ? index + items.Count : index;
        return index >= 0 && index < items.Count ? items[(int)index] : new JinjaUndefined($"item {index}");
    }

    public static object Slice(object? value, long? start, long? stop, long? step)
    {
        IReadOnlyList<object?> items = value is string or List<object?> ? Items(value) : throw new JinjaTypeException($"{JinjaText.TypeName(value)} cannot be sliced");
        long stride = step ?? 1;
        if (stride == 0)
        {
            throw new JinjaTypeException("a slice with the step 0");
        }

        int count = items.Count;
        long Clip(long index, long least, long most) => Math.Clamp(index < 0 ? index + count : index, least, most);
        long first = stride > 0 ? Clip(start ?? 0, 0, count) : start is null ? count - 1 : Clip(start.Value, -1, count - 1);
        long last = stride > 0 ? Clip(stop ?? count, 0, count) : stop is null ? -1 : Clip(stop.Value, -1, count - 1);
        List<object?> picked = [];
        for (long i = first; stride > 0 ? i < last : i > last; i += stride)
        {
            picked.Add(items[(int)i]);
        }

        if (value is not string)
        {
            return value is JinjaTuple ? new JinjaTuple(picked) : picked;
        }

        StringBuilder builder = new();
        foreach (object? item in picked)
        {
            builder.Append((string)item!);
        }

        return builder.ToString();
    }
}
