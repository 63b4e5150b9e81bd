using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Turns the texts of tokens back into text.</summary>
internal abstract class Decoder
{
    /// <summary>Changes the list of texts; joined, they are the text.</summary>
    public abstract void Decode(List<string> tokens);

    /// <summary>The bytes that a token stands for where they need not be whole characters; null where the token is text.</summary>
    public virtual byte[]? RawBytes(string token) => null;

    /// <summary>Writes the component as it stands in a tokenizer file.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}
