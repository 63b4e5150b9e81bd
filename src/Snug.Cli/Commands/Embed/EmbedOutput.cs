using System.Globalization;
using System.Text.Json;
using Snug.Pretrained;

namespace Snug.Cli;

/// <summary>Where vectors go: one JSON object a line, a table of cosines, or one document with everything.</summary>
internal sealed class EmbedOutput(Invocation invocation, string name, SentenceEncoder encoder, EmbedOptions options)
{
    public void Write(IReadOnlyList<string> texts, SentenceEmbeddings embeddings, bool similarity)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(json => WriteDocument(json, texts, embeddings, similarity));
        }
        else if (similarity)
        {
            WriteTable(texts, embeddings.Vectors);
        }
        else
        {
            for (int i = 0; i < texts.Count; i++)
            {
                int index = i;
                invocation.Console.Out.WriteLine(JsonOutput.Line(json =>
                {
                    json.WriteNumber("index", index);
                    WriteEmbedding(json, texts[index], embeddings, index);
                }));
            }

            invocation.Console.Out.Flush();
        }
    }

    /// <summary>The properties of one text's vector.</summary>
    public static void WriteEmbedding(Utf8JsonWriter json, string text, SentenceEmbeddings embeddings, int index)
    {
        json.WriteString("text", text);
        json.WriteNumber("tokens", embeddings.TokenCounts[index]);
        json.WriteBoolean("truncated", embeddings.Truncated[index]);
        json.WriteStartArray("embedding");
        foreach (float number in embeddings.Vectors[index])
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    /// <summary>The cosine of the angle between two vectors; 0 where one has no length.</summary>
    internal static double Cosine(float[] left, float[] right)
    {
        double product = 0;
        double lefts = 0;
        double rights = 0;
        for (int i = 0; i < left.Length; i++)
        {
            product += (double)left[i] * right[i];
            lefts += (double)left[i] * left[i];
            rights += (double)right[i] * right[i];
        }

        return lefts > 0 && rights > 0 ? Math.Clamp(product / Math.Sqrt(lefts * rights), -1, 1) : 0;
    }

    private void WriteTable(IReadOnlyList<string> texts, IReadOnlyList<float[]> vectors)
    {
        const int MaxText = 40;
        Table table = new([.. texts.Select((_, i) => new TableColumn(Number(i), IsNumber: true)), new TableColumn("TEXT")]);
        for (int row = 0; row < texts.Count; row++)
        {
            TableCell[] cells = new TableCell[texts.Count + 1];
            for (int column = 0; column < texts.Count; column++)
            {
                cells[column] = Cosine(vectors[row], vectors[column]).ToString("0.0000", CultureInfo.InvariantCulture);
            }

            string text = texts[row].Length > MaxText && invocation.Console.IsOutTerminal ? texts[row][..MaxText] + "…" : texts[row];
            cells[^1] = $"{Number(row)}: {text}";
            table.Add(cells);
        }

        table.Write(invocation.Console);

        static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);
    }

    private void WriteDocument(Utf8JsonWriter json, IReadOnlyList<string> texts, SentenceEmbeddings embeddings, bool similarity)
    {
        json.WriteString("model", name);
        json.WriteString("revision", encoder.Source.Revision);
        json.WriteString("commit", encoder.Source.Commit);
        json.WriteString("prompt", options.PromptName ?? encoder.DefaultPromptName);
        json.WriteNumber("dimensions", embeddings.Vectors[0].Length);
        json.WriteNumber("tokens", embeddings.TokenCounts.Sum(count => (long)count));
        json.WriteStartArray("embeddings");
        for (int i = 0; i < texts.Count; i++)
        {
            json.WriteStartObject();
            WriteEmbedding(json, texts[i], embeddings, i);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (similarity)
        {
            json.WriteStartArray("similarity");
            foreach (float[] row in embeddings.Vectors)
            {
                json.WriteStartArray();
                foreach (float[] column in embeddings.Vectors)
                {
                    json.WriteNumberValue(Math.Round(Cosine(row, column), 6));
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }
    }
}
