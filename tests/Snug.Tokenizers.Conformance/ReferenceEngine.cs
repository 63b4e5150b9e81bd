using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Snug.Tokenizers.Conformance;

/// <summary>The Rust engine behind its Node binding, driven line by line.</summary>
internal sealed class ReferenceEngine : IDisposable
{
    private readonly Process _process;

    private ReferenceEngine(Process process)
    {
        _process = process;
    }

    public static async Task<ReferenceEngine> StartAsync() => Start(await Checkout.InstallEngineAsync());

    public static ReferenceEngine Start(string folder)
    {
        ProcessStartInfo start = new("node", ["--max-old-space-size=4096", "engine.mjs"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = System.Text.Encoding.ASCII,
            StandardInputEncoding = System.Text.Encoding.ASCII,
        };
        return new ReferenceEngine(Process.Start(start)!);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>Loads a file; returns the milliseconds that took.</summary>
    public async Task<double> LoadAsync(string file)
    {
        using JsonDocument answer = await AskAsync($$"""{"op":"load","file":{{Quote(file)}}}""");
        return answer.RootElement.GetProperty("ms").GetDouble();
    }

    public Task<JsonDocument> LoadJsonAsync(string json) => AskAsync($$"""{"op":"load","json":{{Quote(json)}}}""");

    public async Task<List<ReferenceEncoding>> EncodeAsync(IReadOnlyList<(string Text, string? Pair)> texts, bool special)
    {
        StringBuilder request = new("""{"op":"encode","texts":[""");
        for (int i = 0; i < texts.Count; i++)
        {
            request.Append(i == 0 ? "" : ",");
            request.Append(texts[i].Pair is { } pair ? $"[{Quote(texts[i].Text)},{Quote(pair)}]" : Quote(texts[i].Text));
        }

        request.Append($$"""],"special":{{(special ? "true" : "false")}}}""");
        using JsonDocument answer = await AskAsync(request.ToString());
        return [.. answer.RootElement.GetProperty("encodings").EnumerateArray().Select(ReferenceEncoding.Read)];
    }

    public async Task<List<ReferenceEncoding>> EncodeWordsAsync(IReadOnlyList<(string[] Words, string[]? Pair)> texts, bool special)
    {
        string list = string.Join(',', texts.Select(text => $"[{Quote(text.Words)},{(text.Pair is null ? "null" : Quote(text.Pair))}]"));
        using JsonDocument answer = await AskAsync($$"""{"op":"encode","words":true,"texts":[{{list}}],"special":{{(special ? "true" : "false")}}}""");
        return [.. answer.RootElement.GetProperty("encodings").EnumerateArray().Select(ReferenceEncoding.Read)];
    }

    public async Task<List<string?>> DecodeAsync(IEnumerable<IReadOnlyList<int>> ids, bool skip)
    {
        string lists = string.Join(',', ids.Select(list => $"[{string.Join(',', list)}]"));
        using JsonDocument answer = await AskAsync($$"""{"op":"decode","ids":[{{lists}}],"skip":{{(skip ? "true" : "false")}}}""");
        return [.. answer.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString())];
    }

    /// <summary>Sends a request as it stands.</summary>
    public async Task<JsonDocument> AskAsync(string request)
    {
        await _process.StandardInput.WriteLineAsync(request);
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The reference engine has ended.");
        JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("error", out JsonElement error)
            ? throw new ReferenceException(error.GetString()!)
            : document;
    }

    /// <summary>Text as JSON in ASCII; lone surrogates stay what they are.</summary>
    public static string Quote(string text)
    {
        StringBuilder builder = new("\"", text.Length + 16);
        foreach (char c in text)
        {
            if (c is < ' ' or > '~' or '"' or '\\')
            {
                builder.Append($"\\u{(int)c:x4}");
            }
            else
            {
                builder.Append(c);
            }
        }

        return builder.Append('"').ToString();
    }

    private static string Quote(string[] texts) => $"[{string.Join(',', texts.Select(Quote))}]";
}
