using System.Globalization;
using System.Text;
using System.Text.Json;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary>Where generated text goes: as it comes to standard output, or as one JSON document at the end.</summary>
internal sealed class RunOutput(Invocation invocation, string name, PretrainedModel model, TimeSpan load, bool showStats)
{
    private readonly CliConsole _console = invocation.Console;

    /// <summary>Shows somebody who watches the text that is gone on with; what is redirected gets only what is new.</summary>
    public void Echo(string prompt)
    {
        if (_console.IsOutTerminal && !invocation.IsJson)
        {
            _console.Out.Write(Ansi.Style(_console.DecoratesOut, Ansi.Dim, Harmless(prompt)));
            _console.Out.Flush();
        }
    }

    /// <summary>Writes a text as it comes.</summary>
    /// <returns>The text.</returns>
    public async Task<string> WriteAsync(IAsyncEnumerable<TextChunk> chunks)
    {
        StringBuilder text = new();
        TextChunk last = new("");
        await foreach (TextChunk chunk in chunks)
        {
            text.Append(chunk.Text);
            last = chunk;
            if (!invocation.IsJson && chunk.Text.Length > 0)
            {
                await _console.Out.WriteAsync(_console.IsOutTerminal ? Harmless(chunk.Text) : chunk.Text);
                await _console.Out.FlushAsync(CancellationToken.None);
            }
        }

        string whole = text.ToString();
        if (invocation.IsJson)
        {
            invocation.WriteJson(json => Write(json, whole, last));
        }
        else if (!whole.EndsWith('\n'))
        {
            invocation.Write("");
        }

        if (showStats && last.Usage is { } usage)
        {
            invocation.Messages.Hint(Describe(usage));
        }

        return whole;
    }

    /// <summary>What a model writes must not command the terminal.</summary>
    private static string Harmless(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) && source[i] is not ('\n' or '\t') ? '\uFFFD' : source[i];
            }
        });

    private static double? Rounded(double? rate) => rate is { } value ? Math.Round(value, 2) : null;

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} s");

    private static string Speed(double? rate) => rate is { } value ? string.Create(CultureInfo.InvariantCulture, $", {value:0.0} in a second") : "";

    private void Write(Utf8JsonWriter json, string text, TextChunk last)
    {
        GenerationUsage usage = last.Usage!;
        json.WriteString("model", name);
        json.WriteString("revision", model.Source.Revision);
        json.WriteString("commit", model.Source.Commit);
        json.WriteString("text", text);
        json.WriteString("finish", last.Finish switch
        {
            TextFinish.EndToken => "end_token",
            TextFinish.StopToken => "stop_token",
            TextFinish.StopString => "stop_string",
            TextFinish.Length => "length",
            _ => "context_full",
        });
        json.WriteString("stopString", last.StopString);
        json.WriteNumber("promptTokens", usage.PromptTokens);
        json.WriteNumber("generatedTokens", usage.GeneratedTokens);
        json.WriteNumber("loadSeconds", Math.Round(load.TotalSeconds, 4));
        json.WriteNumber("firstTokenSeconds", Math.Round(usage.PromptTime.TotalSeconds, 4));
        WriteNumber(json, "promptTokensPerSecond", Rounded(usage.PromptTokensPerSecond));
        WriteNumber(json, "decodeTokensPerSecond", Rounded(usage.DecodeTokensPerSecond));
        json.WriteNumber("threads", model.Model.Threads);
        json.WriteString("kernels", model.Model.KernelName);
    }

    private string Describe(GenerationUsage usage)
    {
        string known = usage.ReusedTokens > 0 ? $" ({usage.ReusedTokens} known)" : "";
        return $"load {Seconds(load)} · first token {Seconds(usage.PromptTime)} · prompt {Text.Count(usage.PromptTokens, "token")}{known}{Speed(usage.PromptTokensPerSecond)}"
            + $" · generated {Text.Count(usage.GeneratedTokens, "token")}{Speed(usage.DecodeTokensPerSecond)} · {Text.Count(model.Model.Threads, "thread")}, {model.Model.KernelName}";
    }
}
