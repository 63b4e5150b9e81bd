using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Snug.Tokenizers;
using Encoding = Snug.Tokenizers.Encoding;

namespace Snug.Cli;

/// <summary><c>snug tokenize</c>: text to tokens and back, for people, for programs that drive it, and for whole corpora.</summary>
internal sealed class TokenizeCommand : SnugCommand
{
    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "The text; '-' or nothing for standard input. With --decode: the numbers of the tokens.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "The tokenizer: a file (tokenizer.json, a SentencePiece model …), a folder, or a repository.",
        HelpName = "MODEL",
        Required = true,
    };

    private readonly Option<bool> _ids = new("--ids") { Description = "Show the numbers of the tokens." };
    private readonly Option<bool> _tokens = new("--tokens") { Description = "Show the tokens." };
    private readonly Option<bool> _offsets = new("--offsets") { Description = "Show where each token is in the text." };
    private readonly Option<bool> _count = new("--count") { Description = "Show how many tokens there are." };
    private readonly Option<bool> _decode = new("--decode") { Description = "Turn the numbers of tokens back into text." };
    private readonly Option<string?> _pair = new("--pair") { Description = "The second text of a pair.", HelpName = "TEXT" };
    private readonly Option<bool> _noSpecial = new("--no-special") { Description = "Add no special tokens; with --decode, leave them out." };
    private readonly Option<string?> _chat = new("--chat") { Description = "Tokenize a conversation: a JSON file, or '-'.", HelpName = "FILE" };
    private readonly Option<bool> _jsonLines = new("--jsonl") { Description = "Answer requests on standard input, one JSON object a line." };
    private readonly Option<string?> _unit = new("--offset-unit") { Description = "What offsets count (default: utf16).", HelpName = "utf16|codepoint|byte" };

    private readonly Option<string[]> _corpus = new("--corpus")
    {
        Description = "Tokenize whole files, a text a line.",
        HelpName = "FILES",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Where --corpus writes: the numbers of each line on a line, as JSON where the name ends with .jsonl.",
        HelpName = "FILE",
    };

    public TokenizeCommand(CliConsole console, CommonOptions common)
        : base("tokenize", "Turn text into tokens, and tokens into text.", console, common)
    {
        _unit.AcceptOnlyFromAmong("utf16", "codepoint", "byte");
        Add(_text);
        AddAll(_model, _ids, _tokens, _offsets, _count, _decode, _pair, _noSpecial, _chat, _jsonLines, _unit, _corpus, _output);
        AddAll(common.Revision, common.CacheDirectory, common.Token, common.Offline, common.Progress, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug tokenize -m gpt2 \"Hello, y'all!\"",
        "snug tokenize -m ./model --ids --no-special 'some text'",
        "snug tokenize -m tokenizer.json --decode '15496 11'",
        "snug tokenize -m Qwen/Qwen2.5-0.5B-Instruct --chat conversation.json --count",
        "snug tokenize -m gpt2 --corpus *.txt --output ids.txt",
        "snug tokenize -m gpt2 --jsonl < requests.jsonl",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        Check(invocation);
        Tokenizer tokenizer = await TokenizerSource.LoadAsync(invocation, invocation.Get(_model)!, cancellationToken);
        bool special = !invocation.Get(_noSpecial);
        OffsetUnit unit = invocation.Get(_unit) switch { "codepoint" => OffsetUnit.CodePoint, "byte" => OffsetUnit.Byte, _ => OffsetUnit.Utf16 };
        if (invocation.Get(_jsonLines))
        {
            return await new JsonLinesRun(tokenizer, invocation.Console, unit, !special).RunAsync(cancellationToken) ? ExitCodes.Done : ExitCodes.Unexpected;
        }

        if (invocation.Get(_corpus) is { Length: > 0 } files)
        {
            await RunCorpusAsync(invocation, tokenizer, special, files, cancellationToken);
            return ExitCodes.Done;
        }

        if (invocation.Get(_chat) is { } chat)
        {
            using JsonDocument document = JsonInput.Read(invocation.Console, chat);
            ChatInput input = ChatInput.Read(document.RootElement, template: null);
            ChatEncoding encoded = tokenizer.EncodeChat(input.Messages, input.Options);
            Show(invocation, tokenizer, encoded.Encoding, unit, encoded);
            return ExitCodes.Done;
        }

        string text = await ReadTextAsync(invocation, cancellationToken);
        if (invocation.Get(_decode))
        {
            string decoded = tokenizer.Decode(ParseIds(text), skipSpecialTokens: !special);
            WriteText(invocation, decoded);
            return ExitCodes.Done;
        }

        Show(invocation, tokenizer, tokenizer.Encode(text, invocation.Get(_pair), special), unit, null);
        return ExitCodes.Done;
    }

    private static void WriteText(Invocation invocation, string decoded)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(json => json.WriteString("decoded", decoded));
        }
        else
        {
            invocation.Write(decoded);
        }
    }

    private static int[] ParseIds(string text)
    {
        string[] parts = text.Split([' ', ',', '\t', '\r', '\n', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? id
            : throw CliException.Usage($"'{part}' is not the number of a token.", "Give numbers with spaces or commas between them: --decode '15496 11'"));
    }

    /// <summary>Refuses what does not go together before anything is loaded.</summary>
    private void Check(Invocation invocation)
    {
        bool jsonLines = invocation.Get(_jsonLines);
        bool corpus = invocation.Get(_corpus) is { Length: > 0 };
        bool chat = invocation.Get(_chat) is not null;
        bool text = invocation.Get(_text) is not null;
        int modes = (jsonLines ? 1 : 0) + (corpus ? 1 : 0) + (chat ? 1 : 0) + (invocation.Get(_decode) ? 1 : 0);
        if (modes > 1 || (text && (jsonLines || corpus || chat)))
        {
            throw CliException.Usage("--jsonl, --corpus, --chat, --decode and a text exclude one another.", "Give one of them.");
        }

        if (corpus != (invocation.Get(_output) is not null))
        {
            throw CliException.Usage("--corpus and --output go together.", "Write: snug tokenize -m MODEL --corpus FILES --output FILE");
        }

        if (!text && modes - (invocation.Get(_decode) ? 1 : 0) == 0 && invocation.Console.IsInTerminal)
        {
            throw CliException.Usage("There is no text.", "Give it behind the options, or send it to standard input.");
        }
    }

    private async Task<string> ReadTextAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Get(_text) is { } text && text != "-")
        {
            return text;
        }

        using StreamReader reader = new(invocation.Console.OpenIn(), System.Text.Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private async Task RunCorpusAsync(Invocation invocation, Tokenizer tokenizer, bool special, string[] files, CancellationToken cancellationToken)
    {
        string output = invocation.Get(_output)!;
        CorpusRun run = new(tokenizer, special);
        long start = invocation.Console.Time.GetTimestamp();
        await run.RunAsync(files, output, cancellationToken);
        TimeSpan time = invocation.Console.Time.GetElapsedTime(start);
        invocation.Messages.Done($"{Text.Count(run.Lines, "line")}, {Text.Size(run.Bytes)}, {Text.Count(run.Tokens, "token")} in {Text.Duration(time)}");
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteString("output", output);
                json.WriteNumber("files", files.Length);
                json.WriteNumber("lines", run.Lines);
                json.WriteNumber("bytes", run.Bytes);
                json.WriteNumber("tokens", run.Tokens);
                json.WriteNumber("seconds", Math.Round(time.TotalSeconds, 3));
            });
        }
    }

    private void Show(Invocation invocation, Tokenizer tokenizer, Encoding encoding, OffsetUnit unit, ChatEncoding? chat)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteNumber("count", encoding.Length);
                EncodingJson.Write(json, encoding, unit, tokenizer.Decode(encoding.Ids, skipSpecialTokens: true));
                if (chat is not null)
                {
                    json.WriteString("text", chat.Prompt.Text);
                    EncodingJson.WriteRanges(json, "messages", chat.Messages);
                    EncodingJson.WriteNumbers(json, "assistant_mask", [.. chat.AssistantMask]);
                }
            });
            return;
        }

        if (invocation.Get(_count))
        {
            invocation.Write(encoding.Length.ToString(CultureInfo.InvariantCulture));
            return;
        }

        (bool ids, bool tokens, bool offsets) = (invocation.Get(_ids), invocation.Get(_tokens), invocation.Get(_offsets));
        if (!ids && !tokens && !offsets)
        {
            if (invocation.Console.DecoratesOut)
            {
                invocation.Write(TokenPainter.Paint(encoding));
                invocation.Messages.Hint(Text.Count(encoding.Length, "token"));
                return;
            }

            (ids, tokens, offsets) = (true, true, true);
        }

        if (ids && !tokens && !offsets)
        {
            invocation.Write(string.Join(' ', encoding.Ids.ToArray()));
            return;
        }

        WriteTable(invocation, encoding, unit, ids, tokens, offsets);
    }

    private static void WriteTable(Invocation invocation, Encoding encoding, OffsetUnit unit, bool ids, bool tokens, bool offsets)
    {
        List<TableColumn> columns = [];
        if (ids)
        {
            columns.Add(new("ID", IsNumber: true));
        }

        if (tokens)
        {
            columns.Add(new("TOKEN"));
        }

        if (offsets)
        {
            columns.AddRange([new("START", IsNumber: true), new("END", IsNumber: true)]);
        }

        Table table = new([.. columns]);
        for (int i = 0; i < encoding.Length; i++)
        {
            List<TableCell> row = [];
            if (ids)
            {
                row.Add(encoding.Ids[i].ToString(CultureInfo.InvariantCulture));
            }

            if (tokens)
            {
                row.Add(encoding.Tokens[i]);
            }

            if (offsets)
            {
                OffsetRange range = encoding.OffsetsIn(unit)[i];
                row.AddRange([range.Start.ToString(CultureInfo.InvariantCulture), range.End.ToString(CultureInfo.InvariantCulture)]);
            }

            table.Add([.. row]);
        }

        table.Write(invocation.Console);
    }
}
