namespace Snug.Tokenizers;

/// <content>Expressions.</content>
internal sealed partial class JinjaInterpreter
{
    private object? Evaluate(JinjaExpression expression, JinjaScope scope)
    {
        Step(expression);
        switch (expression)
        {
            case JinjaExpression.Literal literal:
                return literal.Value;
            case JinjaExpression.Name name:
                return scope.Get(name.Text);
            case JinjaExpression.ListOf list:
                IEnumerable<object?> items = list.Items.Select(item => Evaluate(item, scope));
                return list.IsTuple ? new JinjaTuple(items) : new List<object?>(items);
            case JinjaExpression.DictionaryOf dictionary:
                JinjaDictionary made = new();
                foreach ((JinjaExpression key, JinjaExpression value) in dictionary.Items)
                {
                    object? keyValue = Evaluate(key, scope);
                    object? itemValue = Evaluate(value, scope);
                    Guard(dictionary, () =>
                    {
                        made.Set(keyValue, itemValue);
                        return true;
                    });
                }

                return made;
            case JinjaExpression.Conditional conditional:
                return JinjaOperators.IsTrue(Evaluate(conditional.Condition, scope)) ? Evaluate(conditional.Then, scope)
                    : conditional.Else is null ? new JinjaUndefined("the other case") : Evaluate(conditional.Else, scope);
            case JinjaExpression.Logical logical:
                object? left = Evaluate(logical.Left, scope);
                return JinjaOperators.IsTrue(left) == logical.IsAnd ? Evaluate(logical.Right, scope) : left;
            case JinjaExpression.Not not:
                return !JinjaOperators.IsTrue(Evaluate(not.Item, scope));
            case JinjaExpression.Unary unary:
                object? operand = Evaluate(unary.Item, scope);
                return Guard(unary, () => unary.Operator == "-" ? JinjaOperators.Negate(operand) : operand);
            case JinjaExpression.Binary binary:
                object? first = Evaluate(binary.Left, scope);
                object? second = Evaluate(binary.Right, scope);
                return Guard(binary, () => JinjaOperators.Apply(binary.Operator, first, second));
            case JinjaExpression.Comparison comparison:
                return Compare(comparison, scope);
            case JinjaExpression.Attribute attribute:
                return Attribute(attribute, Evaluate(attribute.Item, scope));
            case JinjaExpression.Index index:
                return Index(index, Evaluate(index.Item, scope), Evaluate(index.Key, scope));
            case JinjaExpression.Slice slice:
                object? sliced = Evaluate(slice.Item, scope);
                long? start = Bound(slice.Start, scope);
                long? stop = Bound(slice.Stop, scope);
                long? step = Bound(slice.Step, scope);
                return Guard(slice, () => JinjaSequences.Slice(sliced, start, stop, step));
            case JinjaExpression.Call call:
                return Call(call, scope, null);
            case JinjaExpression.Filter filter:
                object? input = Evaluate(filter.Item, scope);
                (List<object?> positional, Dictionary<string, object?> named) = Arguments(filter.Arguments, scope);
                return Guard(filter, () => JinjaFilters.Run(filter.Text, input, positional, named));
            default:
                JinjaExpression.Test test = (JinjaExpression.Test)expression;
                object? tested = Evaluate(test.Item, scope);
                (List<object?> arguments, _) = Arguments(test.Arguments, scope);
                return Guard(test, () => JinjaTests.Run(test.Text, tested, arguments)) != test.Negative;
        }
    }

    private object Compare(JinjaExpression.Comparison comparison, JinjaScope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach ((string name, JinjaExpression expression) in comparison.Rest)
        {
            object? right = Evaluate(expression, scope);
            object? first = left;
            bool holds = Guard(comparison, () => name switch
            {
                "==" => JinjaOperators.AreEqual(first, right),
                "!=" => !JinjaOperators.AreEqual(first, right),
                "<" => JinjaOperators.Compare(first, right) < 0,
                "<=" => JinjaOperators.Compare(first, right) <= 0,
                ">" => JinjaOperators.Compare(first, right) > 0,
                ">=" => JinjaOperators.Compare(first, right) >= 0,
                "in" => JinjaOperators.Contains(right, first),
                _ => !JinjaOperators.Contains(right, first),
            });
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private long? Bound(JinjaExpression? expression, JinjaScope scope) => expression is null ? null : Evaluate(expression, scope) switch
    {
        null => null,
        long number => number,
        bool truth => truth ? 1 : 0,
        var other => throw new TemplateException($"{JinjaText.TypeName(other)} is no bound of a slice", expression.Position),
    };

    /// <summary>An attribute; of a dictionary, its methods come before its entries.</summary>
    private static object? Attribute(JinjaExpression.Attribute node, object? item)
    {
        if (item is JinjaUndefined undefined)
        {
            throw new TemplateException($"'{undefined.Name}' is not defined: it has no '{node.Text}'", node.Position);
        }

        if (JinjaMethods.Find(item, node.Text) is { } method)
        {
            return method;
        }

        return item switch
        {
            JinjaDictionary dictionary => dictionary.TryGet(node.Text, out object? value) ? value : new JinjaUndefined(node.Text),
            JinjaNamespace space => space.Values.TryGetValue(node.Text, out object? value) ? value : new JinjaUndefined(node.Text),
            _ => new JinjaUndefined(node.Text),
        };
    }

    /// <summary>An item; of a dictionary, its entries come before its methods.</summary>
    private static object? Index(JinjaExpression.Index node, object? item, object? key)
    {
        switch (item)
        {
            case JinjaUndefined undefined:
                throw new TemplateException($"'{undefined.Name}' is not defined: it has no items", node.Position);
            case JinjaDictionary when key is List<object?> or JinjaDictionary:
                // Jinja swallows Python's complaint that these are no keys.
                return new JinjaUndefined(JinjaText.Of(key));
            case JinjaDictionary dictionary:
                object? found = Guard(node, () => dictionary.TryGet(key, out object? value) ? value : new JinjaUndefined(JinjaText.Of(key)));
                return found is JinjaUndefined && key is string name ? JinjaMethods.Find(item, name) ?? found : found;
            case List<object?> or string when key is long or bool:
                return JinjaSequences.At(item, Convert.ToInt64(key));
            case JinjaNamespace space when key is string attribute:
                return space.Values.TryGetValue(attribute, out object? held) ? held : new JinjaUndefined(attribute);
            default:
                return key is string method ? JinjaMethods.Find(item, method) ?? (object)new JinjaUndefined(method) : new JinjaUndefined("item");
        }
    }

    private object? Call(JinjaExpression.Call call, JinjaScope scope, JinjaCallable? caller)
    {
        object? item = Evaluate(call.Item, scope);
        if (item is JinjaNamespace state && state.Values.TryGetValue("\0call", out object? recursive))
        {
            item = recursive;
        }

        if (item is not JinjaCallable callable)
        {
            throw new TemplateException($"{JinjaText.TypeName(item)} cannot be called", call.Position);
        }

        (List<object?> positional, Dictionary<string, object?> named) = Arguments(call.Arguments, scope);
        if (caller is not null)
        {
            named["caller"] = caller;
        }

        if (++_depth > MaxDepth)
        {
            throw new TemplateException($"more than {MaxDepth} levels of nesting", call.Position);
        }

        object? result = Guard(call, () => callable(positional, named));
        _depth--;
        return result;
    }

    private (List<object?> Positional, Dictionary<string, object?> Named) Arguments(JinjaArguments arguments, JinjaScope scope)
    {
        List<object?> positional = new(arguments.Positional.Count);
        foreach (JinjaExpression argument in arguments.Positional)
        {
            positional.Add(Evaluate(argument, scope));
        }

        Dictionary<string, object?> named = new(StringComparer.Ordinal);
        foreach ((string name, JinjaExpression argument) in arguments.Named)
        {
            named[name] = Evaluate(argument, scope);
        }

        return (positional, named);
    }
}
