using System.Globalization;
using System.Text;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary>
/// Tokenizes whole files, a text a line, on all cores: for each line its numbers, in the order of the lines. The output appears when it
/// is whole.
/// </summary>
internal sealed class CorpusRun(Tokenizer tokenizer, bool addSpecialTokens)
{
    private const int LinesAtOnce = 4096;
    private const int BytesAtOnce = 8 * 1024 * 1024;

    public long Lines { get; private set; }

    public long Bytes { get; private set; }

    public long Tokens { get; private set; }

    public async Task RunAsync(IReadOnlyList<string> files, string output, CancellationToken cancellationToken)
    {
        foreach (string file in files)
        {
            if (!File.Exists(file))
            {
                throw new CliException(ExitCodes.NotFound, "file_not_found", $"There is no file '{file}'.", "Check the names behind --corpus.");
            }
        }

        string partial = output + ".partial";
        try
        {
            await using (StreamWriter writer = new(partial, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" })
            {
                foreach (string file in files)
                {
                    await RunFileAsync(file, writer, output.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase), cancellationToken);
                }
            }

            File.Move(partial, output, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Storage, "output_not_written", $"'{output}' cannot be written: {exception.Message}", "Name a file that can be written with --output.");
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private async Task RunFileAsync(string file, StreamWriter writer, bool json, CancellationToken cancellationToken)
    {
        List<byte[]> lines = [];
        int bytes = 0;
        await using FileStream stream = File.OpenRead(file);
        await foreach (byte[] line in ByteLines.ReadAsync(stream, cancellationToken))
        {
            lines.Add(line);
            bytes += line.Length;
            if (lines.Count == LinesAtOnce || bytes >= BytesAtOnce)
            {
                await FlushAsync();
            }
        }

        await FlushAsync();

        async Task FlushAsync()
        {
            await WriteAsync(lines, writer, json, cancellationToken);
            lines.Clear();
            bytes = 0;
        }
    }

    private async Task WriteAsync(List<byte[]> lines, StreamWriter writer, bool json, CancellationToken cancellationToken)
    {
        string[] answers = new string[lines.Count];
        long tokens = 0;
        try
        {
            Parallel.For(0, lines.Count, new ParallelOptions { CancellationToken = cancellationToken }, index =>
            {
                // No more tokens than bytes, mostly; where a normalizer makes text longer, room is made.
                int[] ids = new int[lines[index].Length + 64];
                int count;
                while (!TryEncode(lines[index], ids, out count))
                {
                    ids = new int[ids.Length * 4];
                }

                Interlocked.Add(ref tokens, count);
                answers[index] = Format(ids.AsSpan(0, count), json);
            });
        }
        catch (AggregateException exception) when (exception.InnerException is TokenizerException inner)
        {
            throw new TokenizerException(inner.Message, null, inner);
        }

        foreach (string answer in answers)
        {
            await writer.WriteLineAsync(answer.AsMemory(), cancellationToken);
        }

        Lines += lines.Count;
        Bytes += lines.Sum(line => (long)line.Length);
        Tokens += tokens;
    }

    private bool TryEncode(byte[] line, int[] ids, out int count)
    {
        try
        {
            count = tokenizer.EncodeToIds(line, ids, addSpecialTokens);
            return true;
        }
        catch (ArgumentException)
        {
            count = 0;
            return false;
        }
    }

    private static string Format(ReadOnlySpan<int> ids, bool json)
    {
        StringBuilder line = new(ids.Length * 6);
        line.Append(json ? "{\"ids\":[" : "");
        for (int i = 0; i < ids.Length; i++)
        {
            line.Append(i == 0 ? "" : json ? "," : " ").Append(CultureInfo.InvariantCulture, $"{ids[i]}");
        }

        return line.Append(json ? "]}" : "").ToString();
    }
}
