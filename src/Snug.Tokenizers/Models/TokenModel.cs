namespace Snug.Tokenizers;

/// <summary>Turns a piece of text into tokens of a vocabulary.</summary>
internal abstract class TokenModel
{
    protected TokenModel(Vocabulary vocabulary)
    {
        Vocabulary = vocabulary;
    }

    /// <summary>The tokens of the model.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Number of tokens as the reference counts them.</summary>
    public virtual int Size => Vocabulary.Count;

    /// <summary>The text of a number, or null.</summary>
    public virtual string? TextOf(int id) => Vocabulary.TextOf(id);

    /// <summary>Adds the tokens of a piece that is not empty.</summary>
    public abstract void Tokenize(ReadOnlySpan<byte> text, TokenList tokens);

    /// <summary>Waits for what another thread still does for the model. Nothing may be asked of the model before.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>Writes the model as it stands in a tokenizer file.</summary>
    public abstract void Write(System.Text.Json.Utf8JsonWriter writer);

    /// <summary>Writes the vocabulary as an object in the order of the numbers.</summary>
    protected void WriteVocabulary(System.Text.Json.Utf8JsonWriter writer)
    {
        writer.WriteStartObject("vocab"u8);
        foreach (int id in Vocabulary.Ids())
        {
            writer.WriteNumber(Vocabulary.BytesOf(id), id);
        }

        writer.WriteEndObject();
    }
}
