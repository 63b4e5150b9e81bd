namespace Snug.Inference;

/// <summary>A model file, or a model, is damaged or of a kind that cannot be run; nothing of it was used.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, in one sentence.</param>
    /// <param name="file">The file it was found in.</param>
    /// <param name="byteOffset">Where in the file, when it is a binary one.</param>
    /// <param name="jsonPath">Where in the document, when it is a JSON one.</param>
    /// <param name="innerException">What the reader below said.</param>
    public ModelFormatException(
        string message, string? file = null, long? byteOffset = null, string? jsonPath = null, Exception? innerException = null)
        : base(Describe(message, file, byteOffset, jsonPath), innerException)
    {
        File = file;
        ByteOffset = byteOffset;
        JsonPath = jsonPath;
    }

    /// <summary>The file at fault.</summary>
    public string? File { get; }

    /// <summary>Bytes from the beginning of <see cref="File"/> to the fault.</summary>
    public long? ByteOffset { get; }

    /// <summary>Path of the fault in a JSON document, for example <c>$.rope_scaling.type</c>.</summary>
    public string? JsonPath { get; }

    private static string Describe(string message, string? file, long? byteOffset, string? jsonPath)
    {
        string where = file is null ? "" : $"{Path.GetFileName(file)}: ";
        string at = (byteOffset, jsonPath) switch
        {
            ({ } offset, _) => $" (at byte {offset})",
            (_, { } path) => $" (at {path})",
            _ => "",
        };
        return $"{where}{message}{at}";
    }
}
