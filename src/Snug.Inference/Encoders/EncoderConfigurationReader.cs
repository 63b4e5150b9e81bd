namespace Snug.Inference;

/// <summary>Reads the <c>config.json</c> of an encoder.</summary>
internal static class EncoderConfigurationReader
{
    /// <summary>The values of <c>model_type</c> that can be run.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = ["bert", "camembert", "distilbert", "mpnet", "roberta", "xlm-roberta"];

    /// <summary>Keys that do not change what an encoder computes, besides those of language models.</summary>
    private static readonly HashSet<string> Harmless =
    [
        .. ConfigurationReader.Harmless, "adapters", "classifier_dropout", "directionality", "dropout", "eos_token_id", "layer_norm_type", "output_past",
        "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type", "qa_dropout",
        "seq_classif_dropout", "sinusoidal_pos_embds", "tie_weights_", "tie_word_embeddings", "tie_encoder_decoder", "is_encoder_decoder",
    ];

    private static readonly HashSet<string> None = [];

    /// <summary>Reads the configuration of a model folder.</summary>
    /// <param name="file">Path of <c>config.json</c>.</param>
    /// <param name="allowed">Further keys to ignore.</param>
    public static EncoderConfiguration Read(string file, IReadOnlySet<string> allowed) =>
        JsonFile.Read(file, ConfigurationReader.MaxFileBytes, root => Read(new ConfigurationObject(root, file, "$"), allowed));

    /// <summary>Reads a configuration.</summary>
    public static EncoderConfiguration Parse(ReadOnlyMemory<byte> json, string file, IReadOnlySet<string> allowed) =>
        JsonFile.Parse(json, file, root => Read(new ConfigurationObject(root, file, "$"), allowed));

    private static EncoderConfiguration Read(ConfigurationObject root, IReadOnlySet<string> allowed)
    {
        string type = root.Text("model_type") ?? throw root.Fault("model_type", "is missing");
        EncoderConfiguration configuration = type switch
        {
            "bert" => ReadBert(root, type) with { TypeCount = root.Whole("type_vocab_size", 0, ConfigurationReader.MaxSize) ?? 2 },
            "roberta" or "xlm-roberta" or "camembert" => AfterPadding(ReadBert(root, type), root) with
            {
                TypeCount = root.Whole("type_vocab_size", 0, ConfigurationReader.MaxSize) ?? 2,
            },
            "mpnet" => AfterPadding(ReadBert(root, type), root) with { RelativeBuckets = ReadBuckets(root) },
            "distilbert" => ReadDistilBert(root),
            _ => throw root.Fault("model_type", $"is '{type}'; supported encoders are {string.Join(", ", ModelTypes)}"),
        };
        RefuseDecoders(root);
        root.RefuseUnknown(Harmless, allowed);
        if (configuration.HiddenSize % configuration.HeadCount != 0)
        {
            throw root.Fault(type == "distilbert" ? "n_heads" : "num_attention_heads", $"is {configuration.HeadCount}, which does not divide {configuration.HiddenSize}");
        }

        return configuration.MaximumTokens > 0
            ? configuration
            : throw root.Fault("max_position_embeddings", "leaves no position behind that of the padding token");
    }

    private static EncoderConfiguration ReadBert(ConfigurationObject root, string type)
    {
        if (root.Text("position_embedding_type") is { } positions and not "absolute")
        {
            throw root.Fault("position_embedding_type", $"is '{positions}'; only absolute positions are supported");
        }

        return new EncoderConfiguration
        {
            ModelType = type,
            VocabularySize = root.RequiredWhole("vocab_size", 1, ConfigurationReader.MaxCount),
            HiddenSize = root.RequiredWhole("hidden_size", 1, ConfigurationReader.MaxSize),
            IntermediateSize = root.RequiredWhole("intermediate_size", 1, ConfigurationReader.MaxSize),
            LayerCount = root.RequiredWhole("num_hidden_layers", 1, ConfigurationReader.MaxLayers),
            HeadCount = root.RequiredWhole("num_attention_heads", 1, ConfigurationReader.MaxHeads),
            PositionCount = root.Whole("max_position_embeddings", 1, ConfigurationReader.MaxSize) ?? 512,
            NormEpsilon = (float)(root.Positive("layer_norm_eps") ?? 1e-12),
            Activation = ReadActivation(root, "hidden_act"),
            PadToken = ReadPadding(root),
        };
    }

    private static EncoderConfiguration ReadDistilBert(ConfigurationObject root) => new()
    {
        ModelType = "distilbert",
        VocabularySize = root.RequiredWhole("vocab_size", 1, ConfigurationReader.MaxCount),
        HiddenSize = root.RequiredWhole("dim", 1, ConfigurationReader.MaxSize),
        IntermediateSize = root.RequiredWhole("hidden_dim", 1, ConfigurationReader.MaxSize),
        LayerCount = root.RequiredWhole("n_layers", 1, ConfigurationReader.MaxLayers),
        HeadCount = root.RequiredWhole("n_heads", 1, ConfigurationReader.MaxHeads),
        PositionCount = root.Whole("max_position_embeddings", 1, ConfigurationReader.MaxSize) ?? 512,
        NormEpsilon = 1e-12f,
        Activation = ReadActivation(root, "activation"),
        PadToken = ReadPadding(root),
    };

    /// <summary>The positions of these models begin behind the row of the padding token.</summary>
    private static EncoderConfiguration AfterPadding(EncoderConfiguration configuration, ConfigurationObject root)
    {
        int padding = configuration.PadToken ?? 1;
        return padding < configuration.PositionCount
            ? configuration with { PadToken = padding, FirstPosition = padding + 1 }
            : throw root.Fault("pad_token_id", "is beyond the positions, which begin behind it");
    }

    private static int? ReadPadding(ConfigurationObject root) => root.Tokens("pad_token_id", ConfigurationReader.MaxCount) is [>= 0 and var token] ? token : null;

    private static int ReadBuckets(ConfigurationObject root)
    {
        int buckets = root.Whole("relative_attention_num_buckets", 4, 4096) ?? 32;
        return buckets % 4 == 0 ? buckets : throw root.Fault("relative_attention_num_buckets", "must be a multiple of 4");
    }

    private static EncoderActivation ReadActivation(ConfigurationObject root, string key) => (root.Text(key) ?? "gelu") switch
    {
        "gelu" or "gelu_python" => EncoderActivation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => EncoderActivation.GeluTanh,
        "relu" => EncoderActivation.Relu,
        var other => throw root.Fault(key, $"is '{other}'; supported are gelu, gelu_new, gelu_pytorch_tanh and relu"),
    };

    private static void RefuseDecoders(ConfigurationObject root)
    {
        foreach (string key in (string[])["is_decoder", "add_cross_attention"])
        {
            if (root.Flag(key) == true)
            {
                throw root.Fault(key, "is true, and only encoders are run");
            }
        }

        root.Object("pruned_heads")?.RefuseUnknown(None, None);
        if (root.Object("quantization_config") is not null)
        {
            throw root.Fault("quantization_config", "asks for a weight format that is not supported; use the unquantized repository");
        }
    }
}
