using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Cuts a text into the pieces that the model sees.</summary>
internal abstract class PreTokenizer
{
    public abstract void PreTokenize(PreTokenizedText text);

    /// <summary>Writes the component as it stands in a tokenizer file.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}
