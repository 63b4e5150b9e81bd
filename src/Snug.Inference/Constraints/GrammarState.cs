namespace Snug.Inference;

/// <summary>A state while it is built.</summary>
internal sealed class GrammarState
{
    public List<ByteEdge> Bytes { get; } = [];

    public List<int> Epsilons { get; } = [];

    public List<(int Rule, int Target)> Calls { get; } = [];

    public bool IsEnd { get; set; }
}
