using System.Text;

namespace Snug.Tokenizers;

/// <summary>Renders parsed templates, with limits on steps, output and depth: templates come from files that nobody has read.</summary>
internal sealed partial class JinjaInterpreter
{
    /// <summary>Most statements and expressions that one rendering may go through.</summary>
    public const int MaxSteps = 5_000_000;

    // A turn of a loop makes its state anew, which costs more than other steps.
    private const int StepsOfTurn = 10;

    /// <summary>Longest output, in UTF-16 units.</summary>
    public const int MaxOutput = 100_000_000;

    /// <summary>Deepest nesting of calls and statements.</summary>
    public const int MaxDepth = 300;

    private readonly JinjaScope _globals;
    private readonly List<OffsetRange> _generated = [];
    private readonly IReadOnlyList<object?> _messages;
    private readonly OffsetRange?[] _messageRanges;
    private StringBuilder _output = new();
    private int _captures;
    private int _steps;
    private int _depth;
    private bool _isInMessage;

    /// <param name="globals">The variables.</param>
    /// <param name="messages">Values of which is wanted where a loop over them writes.</param>
    public JinjaInterpreter(JinjaScope globals, IReadOnlyList<object?>? messages = null)
    {
        _globals = globals;
        _messages = messages ?? [];
        _messageRanges = new OffsetRange?[_messages.Count];
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The parts of the output that stand in generation blocks.</summary>
    public IReadOnlyList<OffsetRange> Generated => _generated;

    /// <summary>The parts of the output that turns of loops over the messages wrote; null for messages without any.</summary>
    public OffsetRange?[] MessageRanges => _messageRanges;

    public string Render(IReadOnlyList<JinjaStatement> template)
    {
        Run(template, _globals);
        return _output.ToString();
    }

    private void Step(JinjaNode node)
    {
        if (++_steps > MaxSteps)
        {
            throw new TemplateException($"the template takes more than {MaxSteps} steps", node.Position);
        }
    }

    private void Write(string text, JinjaNode node)
    {
        if (_output.Length + (long)text.Length > MaxOutput)
        {
            throw new TemplateException($"the output has more than {MaxOutput} characters", node.Position);
        }

        _output.Append(text);
    }

    private Flow Run(IReadOnlyList<JinjaStatement> statements, JinjaScope scope)
    {
        if (++_depth > MaxDepth && statements.Count > 0)
        {
            throw new TemplateException($"more than {MaxDepth} levels of nesting", statements[0].Position);
        }

        Flow flow = Flow.Next;
        foreach (JinjaStatement statement in statements)
        {
            Step(statement);
            flow = Run(statement, scope);
            if (flow != Flow.Next)
            {
                break;
            }
        }

        _depth--;
        return flow;
    }

    private Flow Run(JinjaStatement statement, JinjaScope scope)
    {
        switch (statement)
        {
            case JinjaStatement.Text text:
                Write(text.Value, text);
                return Flow.Next;
            case JinjaStatement.Output output:
                object? value = Evaluate(output.Value, scope);
                Write(Guard(output, () => JinjaText.Of(value)), output);
                return Flow.Next;
            case JinjaStatement.If choice:
                foreach ((JinjaExpression? test, IReadOnlyList<JinjaStatement> body) in choice.Branches)
                {
                    if (test is null || JinjaOperators.IsTrue(Evaluate(test, scope)))
                    {
                        return Run(body, scope);
                    }
                }

                return Flow.Next;
            case JinjaStatement.For loop:
                RunLoop(loop, scope, Evaluate(loop.Items, scope), 1);
                return Flow.Next;
            case JinjaStatement.Set set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case JinjaStatement.SetBlock block:
                Assign(block.Target, Filter(block.Filters, Capture(block.Body, new JinjaScope(scope)), scope), scope);
                return Flow.Next;
            case JinjaStatement.FilterBlock block:
                Write(JinjaText.Of(Filter(block.Filters, Capture(block.Body, new JinjaScope(scope)), scope)), block);
                return Flow.Next;
            case JinjaStatement.Macro macro:
                scope.Set(macro.Name, Callable(macro, scope));
                return Flow.Next;
            case JinjaStatement.CallBlock block:
                Write(JinjaText.Of(Call(block.Call, scope, Callable(block.Caller, scope))), block);
                return Flow.Next;
            case JinjaStatement.With with:
                JinjaScope inner = new(scope);
                foreach ((JinjaTarget target, JinjaExpression expression) in with.Assignments)
                {
                    Assign(target, Evaluate(expression, scope), inner);
                }

                return Run(with.Body, inner);
            case JinjaStatement.Generation generation:
                int start = _output.Length;
                Flow flow = Run(generation.Body, new JinjaScope(scope));
                if (_captures == 0)
                {
                    _generated.Add(new OffsetRange(start, _output.Length));
                }

                return flow;
            case JinjaStatement.Break:
                return Flow.Break;
            default:
                return Flow.Continue;
        }
    }

    private void RunLoop(JinjaStatement.For loop, JinjaScope outer, object? source, int depth)
    {
        IReadOnlyList<object?> items = Guard(loop, () => JinjaSequences.Items(source));
        if (loop.Filter is not null)
        {
            items = [.. items.Where(item =>
            {
                JinjaScope scope = new(outer);
                Assign(loop.Target, item, scope);
                return JinjaOperators.IsTrue(Evaluate(loop.Filter, scope));
            })];
        }

        if (items.Count == 0)
        {
            Run(loop.Else, new JinjaScope(outer));
            return;
        }

        object? changed = null;
        for (int i = 0; i < items.Count; i++)
        {
            _steps += StepsOfTurn;
            Step(loop);
            JinjaScope scope = new(outer);
            JinjaNamespace state = LoopState(items, i, depth, () => changed, value => changed = value);
            scope.Set("loop", state);
            if (loop.Recursive)
            {
                state.Values["\0call"] = (JinjaCallable)((positional, _) => Capture(() => RunLoop(loop, outer, positional[0], depth + 1)));
            }

            Assign(loop.Target, items[i], scope);
            if (RunTurn(loop, items[i], scope) == Flow.Break)
            {
                break;
            }
        }
    }

    /// <summary>Runs a turn of a loop, and remembers what it writes when it is about a message.</summary>
    private Flow RunTurn(JinjaStatement.For loop, object? item, JinjaScope scope)
    {
        int message = _messages.Count == 0 || _captures > 0 || _isInMessage || item is not JinjaDictionary ? -1 : IndexOfMessage(item);
        if (message < 0)
        {
            return Run(loop.Body, scope);
        }

        int start = _output.Length;
        _isInMessage = true;
        Flow flow = Run(loop.Body, scope);
        _isInMessage = false;
        if (_output.Length > start)
        {
            // Templates may go through the messages more than once.
            _messageRanges[message] = new OffsetRange(_messageRanges[message]?.Start ?? start, _output.Length);
        }

        return flow;
    }

    private int IndexOfMessage(object item)
    {
        for (int i = 0; i < _messages.Count; i++)
        {
            if (ReferenceEquals(_messages[i], item))
            {
                return i;
            }
        }

        return -1;
    }

    private static JinjaNamespace LoopState(IReadOnlyList<object?> items, int index, int depth, Func<object?> last, Action<object?> remember)
    {
        JinjaNamespace state = new();
        state.Values["index"] = index + 1L;
        state.Values["index0"] = (long)index;
        state.Values["revindex"] = (long)(items.Count - index);
        state.Values["revindex0"] = items.Count - index - 1L;
        state.Values["first"] = index == 0;
        state.Values["last"] = index == items.Count - 1;
        state.Values["length"] = (long)items.Count;
        state.Values["depth"] = (long)depth;
        state.Values["depth0"] = depth - 1L;
        state.Values["previtem"] = index > 0 ? items[index - 1] : new JinjaUndefined("previtem");
        state.Values["nextitem"] = index + 1 < items.Count ? items[index + 1] : new JinjaUndefined("nextitem");
        state.Values["cycle"] = (JinjaCallable)((positional, _) => positional.Count == 0 ? throw new JinjaTypeException("nothing to cycle through") : positional[index % positional.Count]);
        state.Values["changed"] = (JinjaCallable)((positional, _) =>
        {
            JinjaTuple now = new(positional);
            bool differs = !JinjaOperators.AreEqual(now, last());
            remember(now);
            return differs;
        });
        return state;
    }

    private static void Assign(JinjaTarget target, object? value, JinjaScope scope)
    {
        if (target.Items is { } items)
        {
            IReadOnlyList<object?> values = value is List<object?> or string or JinjaDictionary ? JinjaSequences.Items(value) : throw new TemplateException($"{JinjaText.TypeName(value)} cannot be taken apart", target.Position);
            if (values.Count != items.Count)
            {
                throw new TemplateException($"{values.Count} values for {items.Count} names", target.Position);
            }

            for (int i = 0; i < items.Count; i++)
            {
                Assign(items[i], values[i], scope);
            }
        }
        else if (target.Attribute is null)
        {
            scope.Set(target.Name, value);
        }
        else if (scope.Get(target.Name) is JinjaNamespace space)
        {
            space.Values[target.Attribute] = value;
        }
        else
        {
            throw new TemplateException($"'{target.Name}' is no namespace: its attributes cannot be set", target.Position);
        }
    }

    private string Capture(IReadOnlyList<JinjaStatement> body, JinjaScope scope) => Capture(() => Run(body, scope));

    private string Capture(Action run)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        _captures++;
        try
        {
            run();
            return _output.ToString();
        }
        finally
        {
            _output = outer;
            _captures--;
        }
    }

    private object? Filter(IReadOnlyList<(string Name, JinjaArguments Arguments, TemplatePosition Position)> filters, object? value, JinjaScope scope)
    {
        foreach ((string name, JinjaArguments arguments, TemplatePosition position) in filters)
        {
            value = Evaluate(new JinjaExpression.Filter(new JinjaExpression.Literal(value, position), name, arguments, position), scope);
        }

        return value;
    }

    private JinjaCallable Callable(JinjaStatement.Macro macro, JinjaScope scope) => (positional, named) =>
    {
        JinjaScope inner = new(scope);
        for (int i = 0; i < macro.Parameters.Count; i++)
        {
            (string name, JinjaExpression? otherwise) = macro.Parameters[i];
            object? value = i < positional.Count ? positional[i]
                : named.TryGetValue(name, out object? given) ? given
                : otherwise is not null ? Evaluate(otherwise, inner)
                : new JinjaUndefined(name);
            inner.Set(name, value);
        }

        JinjaDictionary rest = new();
        foreach ((string name, object? value) in named)
        {
            if (name == "caller")
            {
                inner.Set(name, value);
            }
            else if (!macro.Parameters.Any(parameter => parameter.Name == name))
            {
                rest.Set(name, value);
            }
        }

        inner.Set("kwargs", rest);
        inner.Set("varargs", new JinjaTuple(positional.Skip(macro.Parameters.Count)));
        return Capture(macro.Body, inner);
    };

    /// <summary>Gives an error of a value the place in the template.</summary>
    private static T Guard<T>(JinjaNode node, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (JinjaTypeException exception)
        {
            throw new TemplateException(exception.Message, node.Position, exception);
        }
    }
}
