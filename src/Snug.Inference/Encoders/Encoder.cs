namespace Snug.Inference;

/// <summary>An encoder whose weights are in place. Each architecture's file reads from top to bottom: weights, then the forward pass.</summary>
internal abstract class Encoder : IDisposable
{
    /// <summary>Beginnings of the names of heads that were trained on top, which embeddings do not need; the pooler is one of them.</summary>
    private static readonly string[] Heads =
        ["pooler.", "cls.", "lm_head.", "classifier.", "pre_classifier.", "qa_outputs.", "vocab_projector.", "vocab_transform.", "vocab_layer_norm."];

    private readonly List<IDisposable> _owned = [];

    /// <summary>Bytes of the linear layers, as they are computed with.</summary>
    public abstract long WeightBytes { get; }

    /// <summary>Puts an encoder together from its weights, and makes sure that none is left over but heads.</summary>
    public static Encoder Create(EncoderConfiguration configuration, WeightLoader weights, Kernels kernels)
    {
        if (weights.IsGguf)
        {
            throw new ModelFormatException("Encoders are read from safetensors, not from GGUF files.", weights.Path);
        }

        (string prefix, Encoder encoder) = configuration.ModelType switch
        {
            "distilbert" => (DistilBert.Prefix, (Encoder)new DistilBert(configuration, weights, kernels)),
            "mpnet" => (MPNet.Prefix, new MPNet(configuration, weights, kernels)),
            "bert" => (Bert.BertPrefix, new Bert(configuration, weights, kernels, Bert.BertPrefix)),
            _ => (Bert.RobertaPrefix, new Bert(configuration, weights, kernels, Bert.RobertaPrefix)),
        };
        try
        {
            weights.EnsureNothingLeft(name => IsSpare(name, prefix));
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>One thread's share of a pass: leaves the vectors of all tokens in <see cref="EncoderBuffers.Hidden"/>.</summary>
    public abstract void Run(EncoderWorker worker);

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

    private static bool IsSpare(string name, string prefix)
    {
        string inner = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return inner == "embeddings.position_ids" || Heads.Any(head => inner.StartsWith(head, StringComparison.Ordinal));
    }
}
