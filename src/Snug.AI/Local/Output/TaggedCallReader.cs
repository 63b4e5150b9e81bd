using System.Text.Json;

namespace Snug.AI;

/// <summary>Reads calls whose arguments stand one by one between tags.</summary>
internal static class TaggedCallReader
{
    /// <summary><c>&lt;function=name> &lt;parameter=key> value &lt;/parameter> &lt;/function></c>.</summary>
    public static ToolCallReading ReadParameters(string text, ToolSchemas tools)
    {
        List<ToolCall> calls = [];
        foreach (string function in text.Split("<function=").Skip(1))
        {
            int end = function.IndexOf('>', StringComparison.Ordinal);
            if (end <= 0)
            {
                return default;
            }

            string name = function[..end].Trim();
            Dictionary<string, JsonElement> arguments = new(StringComparer.Ordinal);
            foreach (string parameter in function.Split("<parameter=").Skip(1))
            {
                int close = parameter.IndexOf('>', StringComparison.Ordinal);
                int stop = parameter.LastIndexOf("</parameter>", StringComparison.Ordinal);
                if (close <= 0 || stop < close)
                {
                    return default;
                }

                string key = parameter[..close].Trim();
                arguments[key] = tools.Value(name, key, WithoutLineEnds(parameter[(close + 1)..stop]));
            }

            calls.Add(new ToolCall(null, name, arguments));
        }

        return new ToolCallReading(calls.Count > 0 ? calls : null);
    }

    /// <summary><c>name &lt;arg_key>key&lt;/arg_key> &lt;arg_value>value&lt;/arg_value></c>.</summary>
    public static ToolCallReading ReadPairs(string text, ToolSchemas tools)
    {
        string[] parts = text.Split("<arg_key>");
        string name = parts[0].Trim();
        Dictionary<string, JsonElement> arguments = new(StringComparer.Ordinal);
        foreach (string part in parts.Skip(1))
        {
            int keyEnd = part.IndexOf("</arg_key>", StringComparison.Ordinal);
            int valueStart = part.IndexOf("<arg_value>", StringComparison.Ordinal);
            int valueEnd = part.LastIndexOf("</arg_value>", StringComparison.Ordinal);
            if (keyEnd < 0 || valueStart < keyEnd || valueEnd < valueStart)
            {
                return default;
            }

            string key = part[..keyEnd].Trim();
            arguments[key] = tools.Value(name, key, part[(valueStart + "<arg_value>".Length)..valueEnd]);
        }

        bool isName = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
        return isName ? new ToolCallReading([new ToolCall(null, name, arguments)]) : default;
    }

    /// <summary><c>invoke name="…"</c> with <c>parameter name="…" string="true"</c>.</summary>
    public static ToolCallReading ReadInvocations(string text, ToolSchemas tools)
    {
        const string Tag = "｜DSML｜";
        List<ToolCall> calls = [];
        foreach (string invocation in text.Split($"<{Tag}invoke name=\"").Skip(1))
        {
            int quote = invocation.IndexOf('"', StringComparison.Ordinal);
            if (quote <= 0)
            {
                return default;
            }

            string name = invocation[..quote];
            Dictionary<string, JsonElement> arguments = new(StringComparer.Ordinal);
            foreach (string parameter in invocation.Split($"<{Tag}parameter name=\"").Skip(1))
            {
                int keyEnd = parameter.IndexOf('"', StringComparison.Ordinal);
                int close = parameter.IndexOf('>', StringComparison.Ordinal);
                int stop = parameter.LastIndexOf($"</{Tag}parameter>", StringComparison.Ordinal);
                if (keyEnd <= 0 || close < keyEnd || stop < close)
                {
                    return default;
                }

                string value = parameter[(close + 1)..stop];
                arguments[parameter[..keyEnd]] = parameter[keyEnd..close].Contains("string=\"true\"", StringComparison.Ordinal)
                    ? JsonText.FromString(value)
                    : JsonText.TryParse(value, out JsonElement json) ? json : JsonText.FromString(value);
            }

            calls.Add(new ToolCall(null, name, arguments));
        }

        return new ToolCallReading(calls.Count > 0 ? calls : null);
    }

    /// <summary>Without the line end behind the opening and before the closing tag.</summary>
    private static string WithoutLineEnds(string value)
    {
        value = value.StartsWith('\n') ? value[1..] : value;
        return value.EndsWith('\n') ? value[..^1] : value;
    }
}
