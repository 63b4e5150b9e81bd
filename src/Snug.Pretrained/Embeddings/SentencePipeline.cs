using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Pretrained;

/// <summary>A sentence encoder in memory: text to tokens, tokens to vectors, and what comes after.</summary>
internal sealed class SentencePipeline : IDisposable
{
    /// <summary>Texts whose tokens are in memory together.</summary>
    private const int TextBlock = 1024;

    private readonly PoolingSettings _pooling;
    private readonly IReadOnlyList<DenseLayer?> _after;
    private readonly bool _lowercase;

    private SentencePipeline(EncoderModel model, Tokenizer tokenizer, PoolingSettings pooling, IReadOnlyList<DenseLayer?> after, SentenceSettings settings)
    {
        (Model, Tokenizer, _pooling, _after, _lowercase) = (model, tokenizer, pooling, after, settings.Lowercase);
        int most = settings.MaximumTokens ?? tokenizer.Configuration.ModelMaxLength ?? int.MaxValue;
        MaximumTokens = Math.Min(most, model.Configuration.MaximumTokens);
        Dimensions = model.Configuration.HiddenSize * System.Numerics.BitOperations.PopCount((uint)pooling.Modes);
        foreach (DenseLayer dense in after.OfType<DenseLayer>())
        {
            Dimensions = dense.Inputs == Dimensions
                ? dense.Outputs
                : throw new ModelFormatException($"A dense layer takes {dense.Inputs} numbers, and there are {Dimensions}.");
        }

        // What the file says about length and padding is for whoever saved it; here sequences are never padded.
        tokenizer.Padding = null;
        tokenizer.Truncation = new TruncationOptions { MaxLength = MaximumTokens, Direction = tokenizer.Configuration.TruncationSide };
    }

    public EncoderModel Model { get; }

    public Tokenizer Tokenizer { get; }

    public int Dimensions { get; }

    public int MaximumTokens { get; }

    public bool IsNormalized => _after is [.., null];

    /// <summary>Loads everything.</summary>
    /// <param name="folder">The repository.</param>
    /// <param name="transformer">The folder of its transformer.</param>
    /// <param name="weights">The folder or file of the weights.</param>
    /// <param name="modules">What it is made of.</param>
    /// <param name="settings">What is said about texts.</param>
    /// <param name="options">How the model is loaded.</param>
    public static SentencePipeline Load(
        string folder, string transformer, string weights, SentenceModules modules, SentenceSettings settings, EncoderOptions options)
    {
        DenseLayer?[] after = [.. modules.After.Select(path => path is null ? null : DenseLayer.Read(Path.Join(folder, path)))];
        Tokenizer tokenizer = Tokenizer.FromDirectory(transformer);
        EncoderModel model = EncoderModel.Load(weights, options);
        try
        {
            PoolingSettings pooling = modules.Pooling is { } path
                ? PoolingSettings.Read(Path.Join(folder, path, "config.json"), model.Configuration.HiddenSize)
                : PoolingSettings.Mean;
            return new SentencePipeline(model, tokenizer, pooling, after, settings);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Numbers of a vector, from the configuration files alone.</summary>
    public static int MeasureDimensions(string folder, string transformer, SentenceModules modules, IReadOnlySet<string> ignoredKeys)
    {
        int width = EncoderConfiguration.FromDirectory(transformer, ignoredKeys).HiddenSize;
        PoolingModes modes = modules.Pooling is { } path ? PoolingSettings.Read(Path.Join(folder, path, "config.json"), width).Modes : PoolingModes.Mean;
        return modules.After.OfType<string>().LastOrDefault() is { } dense
            ? DenseLayer.ReadOutputs(Path.Join(folder, dense))
            : width * System.Numerics.BitOperations.PopCount((uint)modes);
    }

    public SentenceEmbeddings Embed(IReadOnlyList<string> texts, string prompt, EmbedOptions options, CancellationToken cancellationToken)
    {
        if (options.Dimensions is { } wanted && (wanted < 1 || wanted > Dimensions))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, $"The vectors have {Dimensions} numbers, so {wanted} cannot be kept.");
        }

        // The end token that the prompt has on its own is not one that stands behind it in a text.
        int unpooled = _pooling.IncludesPrompt || prompt.Length == 0 ? 0 : Tokenizer.Encode(Prepare(prompt)).Length - 1;
        float[][] vectors = new float[texts.Count][];
        int[] counts = new int[texts.Count];
        bool[] truncated = new bool[texts.Count];
        for (int first = 0; first < texts.Count; first += TextBlock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] block = new string[Math.Min(TextBlock, texts.Count - first)];
            for (int i = 0; i < block.Length; i++)
            {
                block[i] = Prepare(prompt + (texts[first + i] ?? throw new ArgumentException($"Text {first + i} is null.", nameof(texts))));
            }

            Encoding[] encodings = Tokenizer.EncodeBatch(block);
            EncoderInput[] inputs = new EncoderInput[block.Length];
            for (int i = 0; i < block.Length; i++)
            {
                int[] ids = encodings[i].Ids.ToArray();
                (counts[first + i], truncated[first + i]) = (ids.Length, encodings[i].Overflowing.Count > 0);
                inputs[i] = new EncoderInput(ids) { Unpooled = Math.Min(unpooled, ids.Length) };
            }

            float[][] pooled = EmbedTokens(inputs, cancellationToken);
            for (int i = 0; i < block.Length; i++)
            {
                vectors[first + i] = Finish(pooled[i], options);
            }
        }

        return new SentenceEmbeddings(vectors, counts, truncated);
    }

    public void Dispose() => Model.Dispose();

    /// <summary>A tokenizer without special tokens makes nothing of an empty text; its vector is zero.</summary>
    private float[][] EmbedTokens(EncoderInput[] inputs, CancellationToken cancellationToken)
    {
        int[] present = [.. Enumerable.Range(0, inputs.Length).Where(i => !inputs[i].Tokens.IsEmpty)];
        if (present.Length == inputs.Length)
        {
            return Model.Embed(inputs, _pooling.Modes, cancellationToken);
        }

        float[][] some = Model.Embed([.. present.Select(i => inputs[i])], _pooling.Modes, cancellationToken);
        int width = Model.Configuration.HiddenSize * System.Numerics.BitOperations.PopCount((uint)_pooling.Modes);
        float[][] all = [.. inputs.Select(_ => new float[width])];
        for (int i = 0; i < present.Length; i++)
        {
            all[present[i]] = some[i];
        }

        return all;
    }

    private string Prepare(string text)
    {
        string trimmed = text.Trim();
        return _lowercase ? trimmed.ToLowerInvariant() : trimmed;
    }

    private float[] Finish(float[] vector, EmbedOptions options)
    {
        foreach (DenseLayer? layer in _after)
        {
            if (layer is null)
            {
                Normalize(vector);
            }
            else
            {
                vector = layer.Apply(vector);
            }
        }

        if (options.Dimensions is { } count && count < vector.Length)
        {
            vector = vector[..count];
            if (IsNormalized)
            {
                Normalize(vector);
            }
        }

        if (options.Normalize)
        {
            Normalize(vector);
        }

        return vector;
    }

    private static void Normalize(float[] vector)
    {
        float length = MathF.Max(MathF.Sqrt(DenseLayer.Dot(vector, vector)), 1e-12f);
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] /= length;
        }
    }
}
