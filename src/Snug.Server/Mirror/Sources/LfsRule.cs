using System.IO.Enumeration;

namespace Snug.Server;

/// <summary>Decides which files are in large file storage.</summary>
internal sealed class LfsRule(long threshold, IReadOnlyList<string>? patterns)
{
    // What the Hub writes in the attributes file of a new repository.
    private static readonly string[] DefaultPatterns =
    [
        "*.7z", "*.arrow", "*.bin", "*.bz2", "*.ckpt", "*.ftz", "*.gguf", "*.gz", "*.h5", "*.joblib", "*.mlmodel", "*.model", "*.msgpack",
        "*.npy", "*.npz", "*.onnx", "*.ot", "*.parquet", "*.pb", "*.pickle", "*.pkl", "*.pt", "*.pth", "*.rar", "*.safetensors", "*.tar",
        "*.tflite", "*.tgz", "*.wasm", "*.xz", "*.zip", "*.zst",
    ];

    public static readonly LfsRule Default = new(FolderSettings.DefaultLfsThreshold, patterns: null);

    private readonly IReadOnlyList<string> _patterns = patterns ?? DefaultPatterns;

    public bool Covers(string path, long size)
    {
        if (size >= threshold)
        {
            return true;
        }

        ReadOnlySpan<char> name = path.AsSpan(path.LastIndexOf('/') + 1);
        foreach (string pattern in _patterns)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, pattern.Contains('/', StringComparison.Ordinal) ? path : name, ignoreCase: false))
            {
                return true;
            }
        }

        return false;
    }
}
