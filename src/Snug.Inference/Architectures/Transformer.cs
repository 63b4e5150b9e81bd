namespace Snug.Inference;

/// <summary>A model whose weights are in place. Each architecture's file reads from top to bottom: weights, then the forward pass.</summary>
internal abstract class Transformer : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Rows of logits: one for each token of a pass whose logits are wanted.</summary>
    public abstract Activation Logits { get; }

    /// <summary>One thread's share of a pass.</summary>
    public abstract void Run(Worker worker);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }

    protected T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }

}
