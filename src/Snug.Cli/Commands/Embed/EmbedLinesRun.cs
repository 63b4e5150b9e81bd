using System.Text;
using System.Text.Json;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary>
/// Answers requests, one JSON object a line, with one JSON object a line, in their order. Requests that are there already are computed
/// together; whoever waits for an answer before the next request gets it at once. A request that cannot be answered gets an error.
/// </summary>
internal sealed class EmbedLinesRun(SentenceEncoder encoder, CliConsole console, EmbedOptions options)
{
    /// <summary>Requests that are computed together.</summary>
    private const int MaxBatch = 256;

    /// <summary>Runs until the input ends.</summary>
    /// <returns>Whether every request was answered.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using StreamReader input = new(console.OpenIn(), Encoding.UTF8);
        bool all = true;
        List<EmbedRequest> waiting = [];
        Task<string?> next = input.ReadLineAsync(cancellationToken).AsTask();
        while (true)
        {
            if (waiting.Count == MaxBatch || (waiting.Count > 0 && !next.IsCompleted))
            {
                all &= await AnswerAsync(waiting, cancellationToken);
                waiting.Clear();
            }

            if (await next is not { } line)
            {
                break;
            }

            if (!line.AsSpan().Trim().IsEmpty)
            {
                waiting.Add(EmbedRequest.Parse(line, encoder));
            }

            next = input.ReadLineAsync(cancellationToken).AsTask();
        }

        return await AnswerAsync(waiting, cancellationToken) && all;
    }

    private async Task<bool> AnswerAsync(List<EmbedRequest> requests, CancellationToken cancellationToken)
    {
        string[] answers = new string[requests.Count];
        foreach (IGrouping<string, int> group in Enumerable.Range(0, requests.Count).Where(i => requests[i].Error is null).GroupBy(i => requests[i].PromptName ?? ""))
        {
            int[] members = [.. group];
            EmbedOptions own = group.Key.Length == 0 ? options : options with { PromptName = group.Key };
            SentenceEmbeddings embeddings = await encoder.EmbedAsync([.. members.Select(i => requests[i].Text!)], own, cancellationToken);
            for (int i = 0; i < members.Length; i++)
            {
                int index = i;
                answers[members[i]] = JsonOutput.Line(json => EmbedOutput.WriteEmbedding(json, requests[members[index]].Text!, embeddings, index));
            }
        }

        for (int i = 0; i < answers.Length; i++)
        {
            string? error = requests[i].Error;
            await console.Out.WriteLineAsync((answers[i] ?? Error(error!)).AsMemory(), cancellationToken);
        }

        await console.Out.FlushAsync(cancellationToken);
        return requests.TrueForAll(request => request.Error is null);
    }

    private static string Error(string message) => JsonOutput.Line(json =>
    {
        json.WriteStartObject("error");
        json.WriteString("kind", "usage");
        json.WriteString("message", message);
        json.WriteEndObject();
    });

    /// <summary>One line of input.</summary>
    private sealed record EmbedRequest(string? Text, string? PromptName, string? Error)
    {
        public static EmbedRequest Parse(string line, SentenceEncoder encoder)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                JsonElement root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("text", out JsonElement text) || text.ValueKind != JsonValueKind.String)
                {
                    return Wrong("A request must be an object with 'text', a string.");
                }

                string? prompt = null;
                if (root.TryGetProperty("prompt", out JsonElement name) && name.ValueKind != JsonValueKind.Null)
                {
                    prompt = name.ValueKind == JsonValueKind.String ? JsonInput.TextOf(name) : "";
                    if (!encoder.Prompts.ContainsKey(prompt))
                    {
                        return Wrong(encoder.Prompts.Count == 0 ? "The model has no prompts." : $"'prompt' must be one of {string.Join(", ", encoder.Prompts.Keys)}.");
                    }
                }

                return new EmbedRequest(JsonInput.TextOf(text), prompt, null);
            }
            catch (JsonException)
            {
                return Wrong("The line is not valid JSON.");
            }
        }

        private static EmbedRequest Wrong(string message) => new(null, null, message);
    }
}
