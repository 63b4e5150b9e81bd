using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Rewrites a text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    public abstract void Normalize(AlignedText text);

    /// <summary>Writes the component as it stands in a tokenizer file.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}
