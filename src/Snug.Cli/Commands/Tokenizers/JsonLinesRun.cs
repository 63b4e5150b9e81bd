using System.Text.Json;
using Snug.Tokenizers;
using Encoding = Snug.Tokenizers.Encoding;

namespace Snug.Cli;

/// <summary>
/// Answers requests, one JSON object a line, with one JSON object a line. A request that cannot be answered gets an error in its place:
/// whoever drives this must be able to go on. Every answer is sent at once.
/// </summary>
internal sealed class JsonLinesRun(Tokenizer tokenizer, CliConsole console, OffsetUnit unit, bool noSpecial)
{
    /// <summary>Runs until the input ends.</summary>
    /// <returns>Whether every request was answered.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using StreamReader input = new(console.OpenIn(), System.Text.Encoding.UTF8);
        bool all = true;
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            string answer;
            try
            {
                answer = Answer(line);
            }
            catch (Exception exception) when (exception is JsonException or TokenizerException or CliException or ArgumentException)
            {
                all = false;
                answer = JsonOutput.Line(json =>
                {
                    json.WriteStartObject("error");
                    json.WriteString("kind", exception is TokenizerException ? "tokenizer_error" : "usage");
                    json.WriteString("message", exception is JsonException ? "The line is not valid JSON." : exception.Message);
                    json.WriteEndObject();
                });
            }

            await console.Out.WriteLineAsync(answer.AsMemory(), cancellationToken);
            await console.Out.FlushAsync(cancellationToken);
        }

        return all;
    }

    private string Answer(string line)
    {
        using JsonDocument request = JsonDocument.Parse(line);
        JsonElement root = request.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw CliException.Usage("A request must be an object with 'text' or 'ids'.");
        }

        bool skip = Flag(root, "skip_special_tokens") ?? true;
        if (root.TryGetProperty("ids", out JsonElement ids))
        {
            int[] numbers = Ids(ids);
            return JsonOutput.Line(json =>
            {
                EncodingJson.WriteNumbers(json, "ids", numbers);
                json.WriteString("decoded", tokenizer.Decode(numbers, skip));
            });
        }

        if (!root.TryGetProperty("text", out JsonElement text))
        {
            throw CliException.Usage("A request must have 'text' or 'ids'.");
        }

        bool special = Flag(root, "add_special_tokens") ?? !noSpecial;
        JsonElement? pair = root.TryGetProperty("pair", out JsonElement given) && given.ValueKind != JsonValueKind.Null ? given : null;
        Encoding encoding = text.ValueKind == JsonValueKind.Array
            ? tokenizer.EncodeWords(Words(text, "text"), pair is { } words ? Words(words, "pair") : null, special)
            : tokenizer.Encode(Text(text, "text"), pair is { } second ? Text(second, "pair") : null, special);
        return JsonOutput.Line(json => EncodingJson.Write(json, encoding, unit, tokenizer.Decode(encoding.Ids, skip)));
    }

    private static bool? Flag(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw CliException.Usage($"'{name}' must be true or false.");
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.String ? JsonInput.TextOf(element) : throw CliException.Usage($"'{name}' must be text, or a list of words for both texts.");

    private static string[] Words(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(word => Text(word, name))] : throw CliException.Usage($"'{name}' must be a list of words, as the other text is.");

    private static int[] Ids(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw CliException.Usage("'ids' must be a list of numbers.");
        }

        return [.. element.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int number) ? number : throw CliException.Usage("'ids' must be a list of whole numbers."))];
    }
}
