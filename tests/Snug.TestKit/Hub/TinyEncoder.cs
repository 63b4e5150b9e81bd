using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Snug.TestKit;

/// <summary>
/// A sentence encoder with random weights, always the same: a BERT of two layers, and a tokenizer of letters and a few words. Its
/// tokenizer file asks for padding and a short length, as published ones do, which has no say in the matter.
/// </summary>
public static class TinyEncoder
{
    /// <summary>Numbers of a token's vector.</summary>
    public const int Width = 32;

    /// <summary>Numbers behind the dense layer of <see cref="DenseFiles"/>.</summary>
    public const int DenseWidth = 8;

    /// <summary>Most tokens of a text, by <c>sentence_bert_config.json</c>.</summary>
    public const int MaximumTokens = 20;

    private const int Inner = 48;
    private const int Positions = 24;
    private const int Layers = 2;

    /// <summary>The vocabulary.</summary>
    public static IReadOnlyList<string> Tokens { get; } =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString()), ":", "query", "passage", "cat", "dog",
        "the", "law", "tax",
    ];

    /// <summary>The files of the repository: mean pooling, normalization, two prompts, and files that nobody needs.</summary>
    public static Dictionary<string, byte[]> Files() => new(StringComparer.Ordinal)
    {
        ["config.json"] = Json(new Dictionary<string, object?>
        {
            ["model_type"] = "bert", ["hidden_size"] = Width, ["num_hidden_layers"] = Layers, ["num_attention_heads"] = 4, ["intermediate_size"] = Inner,
            ["hidden_act"] = "gelu", ["max_position_embeddings"] = Positions, ["type_vocab_size"] = 2, ["vocab_size"] = Tokens.Count, ["layer_norm_eps"] = 1e-12,
            ["pad_token_id"] = 0,
        }),
        ["model.safetensors"] = Safetensors(Shapes(), 1),
        ["tokenizer.json"] = Encoding.UTF8.GetBytes(TokenizerJson()),
        ["tokenizer_config.json"] = """{"model_max_length": 512, "tokenizer_class": "BertTokenizer"}"""u8.ToArray(),
        ["modules.json"] = """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """u8.ToArray(),
        ["1_Pooling/config.json"] = Pooling("mean"),
        ["sentence_bert_config.json"] = Json(new Dictionary<string, object?> { ["max_seq_length"] = MaximumTokens, ["do_lower_case"] = true }),
        ["config_sentence_transformers.json"] = """{"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": null, "similarity_fn_name": "cosine"}"""u8.ToArray(),
        ["README.md"] = "# tiny"u8.ToArray(),
        ["pytorch_model.bin"] = [1, 2, 3],
        ["onnx/model.onnx"] = [1, 2, 3],
        ["onnx/config.json"] = "{}"u8.ToArray(),
    };

    /// <summary>As <see cref="Files"/>, with a dense layer between pooling and normalization.</summary>
    /// <param name="activation">Its activation, by the name of the class.</param>
    public static Dictionary<string, byte[]> DenseFiles(string activation = "torch.nn.modules.activation.Tanh")
    {
        Dictionary<string, byte[]> files = Files();
        files["modules.json"] = """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
             {"idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """u8.ToArray();
        files["2_Dense/config.json"] = Json(new Dictionary<string, object?>
        {
            ["in_features"] = Width, ["out_features"] = DenseWidth, ["bias"] = true, ["activation_function"] = activation,
        });
        files["2_Dense/model.safetensors"] = Safetensors([("linear.weight", [DenseWidth, Width]), ("linear.bias", [DenseWidth])], 2);
        return files;
    }

    /// <summary>The pooling's configuration with one way of pooling switched on.</summary>
    /// <param name="mode">Its name: <c>cls</c>, <c>max</c>, <c>mean</c>, <c>mean_sqrt_len</c>, <c>weightedmean</c> or <c>lasttoken</c>; several with a plus.</param>
    /// <param name="includePrompt">Whether the tokens of a prompt count.</param>
    public static byte[] Pooling(string mode, bool includePrompt = true)
    {
        string[] modes = mode.Split('+');
        return Json(new Dictionary<string, object?>
        {
            ["word_embedding_dimension"] = Width,
            ["pooling_mode_cls_token"] = modes.Contains("cls"),
            ["pooling_mode_mean_tokens"] = modes.Contains("mean"),
            ["pooling_mode_max_tokens"] = modes.Contains("max"),
            ["pooling_mode_mean_sqrt_len_tokens"] = modes.Contains("mean_sqrt_len"),
            ["pooling_mode_weightedmean_tokens"] = modes.Contains("weightedmean"),
            ["pooling_mode_lasttoken"] = modes.Contains("lasttoken"),
            ["include_prompt"] = includePrompt,
        });
    }

    /// <summary>Writes files into a folder.</summary>
    /// <returns>The folder.</returns>
    public static string Write(TemporaryFolder folder, Dictionary<string, byte[]>? files = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        foreach ((string name, byte[] content) in files ?? Files())
        {
            string path = Path.Join(folder.Root, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return folder.Root;
    }

    /// <summary>A safetensors file of random numbers.</summary>
    /// <param name="tensors">Names and shapes.</param>
    /// <param name="seed">Where the numbers begin.</param>
    public static byte[] Safetensors(IReadOnlyList<(string Name, int[] Shape)> tensors, int seed)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Random random = new(seed);
        using MemoryStream data = new();
        Dictionary<string, object> header = new(StringComparer.Ordinal);
        foreach ((string name, int[] shape) in tensors)
        {
            long start = data.Length;
            bool isNorm = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (((random.NextSingle() * 2) - 1) * 0.4f) + (isNorm ? 1 : 0);
            }

            data.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { start, data.Length } };
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data.ToArray()];
    }

    private static List<(string Name, int[] Shape)> Shapes()
    {
        List<(string, int[])> shapes =
        [
            ("embeddings.word_embeddings.weight", [Tokens.Count, Width]), ("embeddings.position_embeddings.weight", [Positions, Width]),
            ("embeddings.token_type_embeddings.weight", [2, Width]), ("embeddings.LayerNorm.weight", [Width]), ("embeddings.LayerNorm.bias", [Width]),
        ];
        for (int i = 0; i < Layers; i++)
        {
            foreach ((string part, int[] shape) in (ReadOnlySpan<(string, int[])>)
            [
                ("attention.self.query", [Width, Width]), ("attention.self.key", [Width, Width]), ("attention.self.value", [Width, Width]),
                ("attention.output.dense", [Width, Width]), ("attention.output.LayerNorm", [Width]), ("intermediate.dense", [Inner, Width]),
                ("output.dense", [Width, Inner]), ("output.LayerNorm", [Width]),
            ])
            {
                shapes.Add(($"encoder.layer.{i}.{part}.weight", shape));
                shapes.Add(($"encoder.layer.{i}.{part}.bias", [shape[0]]));
            }
        }

        return shapes;
    }

    private static string TokenizerJson() => JsonSerializer.Serialize(new
    {
        version = "1.0",
        truncation = new { max_length = 5, strategy = "LongestFirst", stride = 0 },
        padding = new { strategy = new { Fixed = 16 }, direction = "Right", pad_to_multiple_of = (int?)null, pad_id = 0, pad_type_id = 0, pad_token = "[PAD]" },
        added_tokens = Enumerable.Range(0, 4).Select(id => new { id, content = Tokens[id], single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
        normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = false },
        pre_tokenizer = new { type = "BertPreTokenizer" },
        post_processor = new
        {
            type = "TemplateProcessing",
            single = new object[] { Special("[CLS]"), new { Sequence = new { id = "A", type_id = 0 } }, Special("[SEP]") },
            pair = new object[] { Special("[CLS]"), new { Sequence = new { id = "A", type_id = 0 } }, Special("[SEP]"), new { Sequence = new { id = "B", type_id = 1 } }, Special("[SEP]") },
            special_tokens = new Dictionary<string, object>
            {
                ["[CLS]"] = new { id = "[CLS]", ids = new[] { 2 }, tokens = new[] { "[CLS]" } },
                ["[SEP]"] = new { id = "[SEP]", ids = new[] { 3 }, tokens = new[] { "[SEP]" } },
            },
        },
        decoder = new { type = "WordPiece", prefix = "##", cleanup = true },
        model = new
        {
            type = "WordPiece",
            unk_token = "[UNK]",
            continuing_subword_prefix = "##",
            max_input_chars_per_word = 100,
            vocab = Tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id),
        },
    });

    private static object Special(string token) => new { SpecialToken = new { id = token, type_id = 0 } };

    private static byte[] Json(Dictionary<string, object?> values) => JsonSerializer.SerializeToUtf8Bytes(values);
}
