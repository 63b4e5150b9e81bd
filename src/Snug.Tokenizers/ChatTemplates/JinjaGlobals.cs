namespace Snug.Tokenizers;

/// <summary>The functions that every template has.</summary>
internal static class JinjaGlobals
{
    private const int MaxRange = 1_000_000;

    public static JinjaScope Create(TimeProvider time)
    {
        JinjaScope scope = new(null);
        scope.Set("range", (JinjaCallable)((positional, _) => Range(positional)));
        scope.Set("dict", (JinjaCallable)((_, named) => Dictionary(named)));
        scope.Set("namespace", (JinjaCallable)Namespace);
        scope.Set("raise_exception", (JinjaCallable)((positional, _) => throw new JinjaTypeException(positional.Count > 0 ? JinjaText.Of(positional[0]) : "")));
        scope.Set("strftime_now", (JinjaCallable)((positional, _) =>
            positional is [string format] ? JinjaFormat.Time(format, time.GetLocalNow()) : throw new JinjaTypeException("'strftime_now' needs a format")));
        return scope;
    }

    private static List<object?> Range(IReadOnlyList<object?> arguments)
    {
        if (arguments.Count is 0 or > 3 || !arguments.All(argument => argument is long))
        {
            throw new JinjaTypeException("'range' needs one to three whole numbers");
        }

        long start = arguments.Count == 1 ? 0 : (long)arguments[0]!;
        long stop = (long)arguments[arguments.Count == 1 ? 0 : 1]!;
        long step = arguments.Count == 3 ? (long)arguments[2]! : 1;
        if (step == 0)
        {
            throw new JinjaTypeException("a range with the step 0");
        }

        List<object?> numbers = [];
        for (long number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            if (numbers.Count == MaxRange)
            {
                throw new JinjaTypeException($"a range of more than {MaxRange} numbers");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static JinjaDictionary Dictionary(IReadOnlyDictionary<string, object?> named)
    {
        JinjaDictionary dictionary = new();
        foreach ((string name, object? value) in named)
        {
            dictionary.Set(name, value);
        }

        return dictionary;
    }

    private static JinjaNamespace Namespace(IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
    {
        JinjaNamespace space = new();
        if (positional is [JinjaDictionary initial])
        {
            foreach ((object? key, object? value) in initial.Items)
            {
                space.Values[JinjaText.Of(key)] = value;
            }
        }

        foreach ((string name, object? value) in named)
        {
            space.Values[name] = value;
        }

        return space;
    }
}
