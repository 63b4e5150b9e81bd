using System.Text.Json;
using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Chat templates: real ones compared with another engine, and the rules of the language one by one.</summary>
public sealed class ChatTemplateTests(EngineFixture engines)
{
    // No truth values and nulls where templates put arguments out: the other engine writes them as JavaScript does, we as Python does.
    private static readonly string[] Contexts =
    [
        """{"messages":[{"role":"user","content":"Hello, who are you?"}],"add_generation_prompt":true,"bos_token":"<s>","eos_token":"</s>"}""",
        """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"},{"role":"user","content":"  Say é & <b> \"x\"\n"}],"add_generation_prompt":false,"bos_token":"<s>","eos_token":"</s>","pad_token":"<pad>","unk_token":"<unk>"}""",
        """{"messages":[{"role":"system","content":"You are kind."},{"role":"user","content":"Hi"},{"role":"assistant","content":"<think>\nhm\n</think>\n\nHello!"},{"role":"user","content":"Bye"}],"add_generation_prompt":true,"enable_thinking":false,"bos_token":"<s>","eos_token":"</s>"}""",
        """{"messages":[{"role":"system","content":"Tools."},{"role":"user","content":"Weather in Paris?"},{"role":"assistant","content":"","tool_calls":[{"id":"call12345","type":"function","function":{"name":"get_weather","arguments":{"city":"Paris","days":2,"f":1.5}}}]},{"role":"tool","tool_call_id":"call12345","name":"get_weather","content":"{\"t\": 20}"},{"role":"assistant","content":"20 degrees."},{"role":"user","content":"Thanks"}],"tools":[{"type":"function","function":{"name":"get_weather","description":"The weather <é>","parameters":{"type":"object","properties":{"city":{"type":"string","description":"The city"},"days":{"type":"integer"}},"required":["city"]}}}],"add_generation_prompt":true,"bos_token":"<s>","eos_token":"</s>"}""",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image"}]},{"role":"assistant","content":[{"type":"text","text":"A cat."}]}],"add_generation_prompt":true,"bos_token":"<s>","eos_token":"</s>"}""",
    ];

    public static TheoryData<string, string, string> Rules() => new()
    {
        { "{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 }} {{ 1.0 }} {{ 1e16 }} {{ 0.00001 }}", "{}", "7 3 -4 2 3.5 8 1.0 1e+16 1e-05" },
        { "{{ [1, 'a', none, true, 1.5, {'b': (1,)}] }}", "{}", "[1, 'a', None, True, 1.5, {'b': (1,)}]" },
        { "{{ \"it's\" }} {{ [\"it's\", 'q\"', 'a\\nb'] }}", "{}", "it's [\"it's\", 'q\"', 'a\\nb']" },
        { "{{ x }}|{{ x is defined }}|{{ x | default('d') }}|{{ y.z | default('e') }}|{{ none }}", """{"y":{}}""", "|False|d|e|None" },
        { "{{ {'a': 1}[[1]] is defined }} {{ {'a': 1}[{'b': 2}] is defined }}", "{}", "False False" },
        { "{% if a and not b or c %}yes{% elif d %}maybe{% else %}no{% endif %}", """{"a":1,"b":"x","c":[],"d":{"k":0}}""", "maybe" },
        { "{% for x in l if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }}{% if not loop.last %},{% endif %}{% else %}none{% endfor %}", """{"l":[1,2,3]}""", "1/2:2,2/2:3" },
        { "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}", """{"d":{"b":1,"a":2}}""", "b=1;a=2;ba" },
        { "{% set x = 1 %}{% for i in [1,2] %}{% set x = i %}{% endfor %}{{ x }}{% set ns = namespace(y=0) %}{% for i in [1,2] %}{% set ns.y = ns.y + i %}{% endfor %}{{ ns.y }}", "{}", "13" },
        { "a\n  {% if true %}\nb\n  {% endif %}\nc\n{{ 1 }}\nd\n", "{}", "a\nb\nc\n1\nd" },
        { "a {%- if true -%} b {%- endif -%} c {{- 1 -}} d {#- x -#} e", "{}", "abc1de" },
        { "  {%+ if true %}x{% endif +%}\ny", "{}", "  x\ny" },
        { "{% raw %}{{ x }} {% if %}{% endraw %}", "{}", "{{ x }} {% if %}" },
        { "{% macro f(a, b=2) %}{{ a }}{{ b }}{{ varargs | length }}{{ kwargs.c }}{% endmacro %}{{ f(1) }} {{ f(1, 3, 9) }} {{ f(b=1, a=2, c=5) }}", "{}", "120 131 2105" },
        { "{% macro m() %}[{{ caller('x') }}]{% endmacro %}{% call(a) m() %}<{{ a }}>{% endcall %}", "{}", "[<x>]" },
        { "{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{}", "013" },
        { "{% filter upper %}a{{ 'b' }}{% endfilter %}{% set x | trim %} y {% endset %}[{{ x }}]", "{}", "AB[y]" },
        { "{{ 'abcdef'[1:4] }} {{ 'abc'[::-1] }} {{ l[-1] }} {{ l[:-1] }} {{ l[::2] }} {{ 'a😀b'[1] }} {{ 'a😀b' | length }}", """{"l":[1,2,3]}""", "bcd cba 3 [1, 2] [1, 3] 😀 3" },
        { "{{ {'a': 'é<', 'b': [1, 2.0, none, true]} | tojson }}", "{}", "{\"a\": \"é<\", \"b\": [1, 2.0, null, true]}" },
        { "{{ {'b': 1, 'a': {}} | tojson(indent=2, sort_keys=true) }} {{ [1,2] | tojson(separators=(',', ':')) }}", "{}", "{\n  \"a\": {},\n  \"b\": 1\n} [1,2]" },
        { "{{ l | map(attribute='n') | join(',') }} {{ l | selectattr('n', 'equalto', 2) | list | length }} {{ l | rejectattr('n', '>', 1) | map(attribute='n') | list }} {{ [3,1,2] | sort | reverse | list }}", """{"l":[{"n":1},{"n":2}]}""", "1,2 1 [1] [3, 2, 1]" },
        { "{{ ' x '.strip() }}|{{ 'a,b,c'.split(',')[1] }}|{{ 'a b  c'.split() }}|{{ 'a-b-c'.rsplit('-', 1) }}|{{ 'abc'.startswith(('x', 'a')) }}|{{ 'x'.join(['a', 'b']) }}|{{ 'Ab'.lower() }}", "{}", "x|b|['a', 'b', 'c']|['a-b', 'c']|True|axb|ab" },
        { "{{ '%s is %d and %.2f%%' % ('x', 3, 1.239) }} {{ 'a' ~ 1 ~ none }} {{ 'ab' * 2 }}", "{}", "x is 3 and 1.24% a1None abab" },
        { "{{ 'a' in 'abc' }} {{ 1 not in [1] }} {{ 'k' in {'k': 1} }} {{ 1 < 2 < 3 }} {{ 1 == 1.0 }} {{ true == 1 }}", "{}", "True False True True True True" },
        { "{{ x | foo if false else 1 }}", "{}", "1" },
        { "{{ 'yes' if x else 'no' }}{{ 'z' if false }}", """{"x":1}""", "yes" },
        { "{{ d.get('a') }} {{ d.get('z', 5) }} {{ d['items'] }} {{ d.items is defined }} {{ d | dictsort }}", """{"d":{"b":1,"a":2,"items":3}}""", "2 5 3 True [('a', 2), ('b', 1), ('items', 3)]" },
        { "{% set a, b = (1, 2) %}{{ a }}{{ b }} {% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{}", "12 123" },
        { "{% for x in l recursive %}{{ x.n }}{% if x.c %}({{ loop(x.c) }}){% endif %}{% endfor %}", """{"l":[{"n":1,"c":[{"n":2,"c":[]}]}]}""", "1(2)" },
        { "{{ 'a\nb' | indent(2) }} {{ 3.7 | int }} {{ '5' | int + 1 }} {{ [1,2,2] | unique | list }} {{ [2,9] | max }} {{ 'hello world' | title }}", "{}", "a\n  b 3 6 [1, 2] 9 Hello World" },
        { "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", "{}", "3False" },
        { "{{ strftime_now('%d %b %Y') }}", "{}", "05 Mar 2024" },
        { "{{ 5 is odd }} {{ x is none }} {{ 's' is string }} {{ {} is mapping }} {{ [] is sequence }} {{ 4 is divisibleby 2 }} {{ true is boolean }} {{ 1.0 is number }}", """{"x":null}""", "True True True True True True True True" },
    };

    public static TheoryData<string, int, int, string> Wrong() => new()
    {
        { "{% if %}", 1, 7, "too early" },
        { "a\nb {{ x. }}", 2, 7, "without a name" },
        { "{% foo %}", 1, 4, "'foo' is not known" },
        { "{% for x in y %}", 1, 17, "endfor" },
        { "{{ 'abc", 1, 4, "does not end" },
        { "{{ a ? b }}", 1, 6, "'?'" },
        { "{{ (((1) }}", 1, 1, "does not end" },
        { "{{ (1, }}", 1, 1, "" },
        { "{{ [1 2] }}", 1, 7, "'2'" },
        { "{# x", 1, 1, "does not end" },
        { "{% raw %} x", 1, 1, "does not end" },
    };

    public static TheoryData<string, string> Refusing() => new()
    {
        { "x\n{{ raise_exception('no ' ~ 1) }}", "no 1" },
        { "{{ x.y }}", "'x' is not defined" },
        { "{{ x | foo }}", "'foo' is not known" },
        { "{{ x is foo }}", "'foo' is not known" },
        { "{{ [].append(1) }}", "may not" },
        { "{{ 1 + 'a' }}", "do not go with '+'" },
        { "{{ 1 / 0 }}", "division by zero" },
        { "{{ x() }}", "cannot be called" },
        { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nesting" },
        { "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% endfor %}{% endfor %}{% endfor %}{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}", "steps" },
        { "{{ 'a' * 10000000000 }}", "more than" },
    };

    [Fact]
    public async Task Real_templates_render_as_in_the_other_engine()
    {
        using ReferenceEngine engine = engines.Start();
        List<string> wrong = [];
        int compared = 0;
        foreach ((string name, string source) in Templates())
        {
            List<string?> theirs;
            try
            {
                using JsonDocument answer = await engine.AskAsync($$"""{"op":"render","template":{{ReferenceEngine.Quote(source)}},"contexts":[{{Ascii(string.Join(',', Contexts))}}]}""");
                theirs = [.. answer.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString())];
            }
            catch (ReferenceException)
            {
                theirs = [.. Contexts.Select(_ => (string?)null)];
            }

            ChatTemplate template = ChatTemplate.Parse(source);
            for (int i = 0; i < Contexts.Length; i++)
            {
                string? ours = null;
                string? error = null;
                try
                {
                    ours = template.Render(Variables(Contexts[i])).Text;
                }
                catch (TemplateException exception)
                {
                    error = exception.Message;
                }

                if (theirs[i] is { } expected && !IsLenient(ours, error))
                {
                    compared++;
                    if (ours != expected)
                    {
                        int at = ours is null ? 0 : ours.AsSpan().CommonPrefixLength(expected);
                        wrong.Add($"{name} [{i}]: {error ?? $"at {at}: ours {ReferenceEngine.Quote(ours![Math.Max(0, at - 30)..Math.Min(ours!.Length, at + 60)])}, other {ReferenceEngine.Quote(expected[Math.Max(0, at - 30)..Math.Min(expected.Length, at + 60)])}"}");
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared}:\n{string.Join('\n', wrong)}");
        // Those of the packages alone, where the fixtures are not there.
        Assert.True(compared > 30, $"only {compared}");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_of_the_language_holds(string template, string context, string expected) =>
        Assert.Equal(expected, ChatTemplate.Parse(template).Render(Variables(context), new FixedTime()).Text);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_template_is_refused_with_the_place(string template, int line, int column, string reason)
    {
        TemplateException exception = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template));
        Assert.Contains(reason, exception.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (exception.Line, exception.Column));
    }

    [Theory]
    [MemberData(nameof(Refusing))]
    public void A_rendering_that_cannot_be_done_is_refused(string template, string reason)
    {
        TemplateException exception = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render([]));
        Assert.Contains(reason, exception.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_model_generates_is_known()
    {
        RenderedTemplate rendered = ChatTemplate.Parse("{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}</s>{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}").Render(
            Variables("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"dd"}]}"""));
        Assert.Equal("<user>a<assistant>b</s><user>c<assistant>dd</s>", rendered.Text);
        Assert.Equal(["b</s>", "dd</s>"], rendered.Generated.Select(part => rendered.Text[(Range)part]));
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ " + new string('(', 5000) + "1" + new string(')', 5000) + " }}"));
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if 1 %}", 5000)) + string.Concat(Enumerable.Repeat("{% endif %}", 5000))));
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ " + string.Concat(Enumerable.Repeat("not ", 5000)) + "1 }}"));
    }

    /// <summary>The other engine joins texts and lists, and writes lists as JSON where Python writes them its own way.</summary>
    private static bool IsLenient(string? ours, string? error) =>
        error?.Contains("do not go with '+'", StringComparison.Ordinal) == true || ours?.Contains("[{'type': 'text'", StringComparison.Ordinal) == true;

    private static string Ascii(string json) => string.Concat(json.Select(c => c > '~' ? $"\\u{(int)c:x4}" : c.ToString()));

    private IEnumerable<(string Name, string Source)> Templates()
    {
        foreach ((string name, string file) in TokenizerCatalog.All(engines.Folder))
        {
            string config = Path.Combine(Path.GetDirectoryName(file)!, "tokenizer_config.json");
            if (File.Exists(config))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(config));
                if (document.RootElement.TryGetProperty("chat_template", out JsonElement template) && template.ValueKind == JsonValueKind.String)
                {
                    yield return (name, template.GetString()!);
                }
            }
        }

        if (Checkout.Fixtures is { } fixtures)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(fixtures, "templates"), "*.jinja").Order(StringComparer.Ordinal))
            {
                yield return (Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));
            }
        }
    }

    private static Dictionary<string, object?> Variables(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value.Clone(), StringComparer.Ordinal);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 3, 5, 12, 0, 0, TimeSpan.Zero);
    }
}
