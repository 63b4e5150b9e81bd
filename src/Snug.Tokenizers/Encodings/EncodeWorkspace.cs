namespace Snug.Tokenizers;

/// <summary>The buffers of one encoding in progress, kept by the thread for the next one.</summary>
internal sealed class EncodeWorkspace
{
    [ThreadStatic]
    private static EncodeWorkspace? _ofThread;

    public PreTokenizedText Text { get; } = new();

    public TokenList Tokens { get; } = new();

    public OffsetIndex Offsets { get; } = new();

    /// <summary>Takes the workspace of the thread, or a new one when that is in use.</summary>
    public static EncodeWorkspace Rent()
    {
        EncodeWorkspace workspace = _ofThread ?? new EncodeWorkspace();
        _ofThread = null;
        return workspace;
    }

    public static void Return(EncodeWorkspace workspace) => _ofThread = workspace;
}
