using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Snug.Tokenizers.Conformance;

/// <summary>The Rust engine behind its Node binding, driven line by line.</summary>
internal sealed class ReferenceEngine : IDisposable
{
    // The largest file takes it seconds, on a busy machine some more.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Action<ReferenceEngine>? _handBack;
    private bool _isAnswering;

    private ReferenceEngine(Process process, Action<ReferenceEngine>? handBack)
    {
        (_process, _handBack) = (process, handBack);
    }

    /// <summary>Starts a process.</summary>
    /// <param name="folder">Where the engine is installed.</param>
    /// <param name="handBack">Takes the engine when it is disposed of in good order; without it the process ends then.</param>
    public static ReferenceEngine Start(string folder, Action<ReferenceEngine>? handBack = null)
    {
        ProcessStartInfo start = new("node", ["--max-old-space-size=4096", "--expose-gc", "engine.mjs"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = System.Text.Encoding.ASCII,
            StandardInputEncoding = System.Text.Encoding.ASCII,
        };
        return new ReferenceEngine(Process.Start(start)!, handBack);
    }

    /// <summary>Whether the process runs and owes no answer.</summary>
    public bool IsAlive => !_isAnswering && !_process.HasExited;

    public void Dispose()
    {
        if (_handBack is not null && IsAlive)
        {
            _handBack(this);
        }
        else
        {
            End();
        }
    }

    /// <summary>Ends the process.</summary>
    public void End()
    {
        if (_isAnswering || !TryClose())
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
        _isAnswering = true;
        await _process.StandardInput.WriteLineAsync(request);
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("The reference engine has ended.");
        _isAnswering = false;
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

    private bool TryClose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process is gone already.
        }

        return _process.WaitForExit(5000);
    }
}
