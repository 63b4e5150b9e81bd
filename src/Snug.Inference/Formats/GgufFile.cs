namespace Snug.Inference;

/// <summary>A GGUF file.</summary>
public sealed class GgufFile : TensorFile
{
    private GgufFile(FileContent content)
        : base(content, [])
    {
    }

    /// <summary>Opens a file.</summary>
    public static GgufFile Open(string path) => throw new NotSupportedException(path);
}
