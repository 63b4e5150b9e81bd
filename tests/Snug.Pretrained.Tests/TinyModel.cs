using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Snug.Inference;
using Snug.Inference.Tests;
using Snug.TestKit;

namespace Snug.Pretrained.Tests;

/// <summary>
/// A small model with random weights, and a tokenizer of letters and bytes for it: forty tokens, enough to write a smile byte by byte.
/// </summary>
internal static class TinyModel
{
    public const int Start = 1;
    public const int End = 2;
    public const int User = 38;
    public const int Assistant = 39;

    /// <summary>The bytes of a smiling face, in order.</summary>
    public static readonly int[] Smile = [3, 4, 5, 6];

    private const string Template =
        "{% for message in messages %}{{ '<|a|>' if message['role'] == 'assistant' else '<|u|>' }}{{ message['content'] }}{% endfor %}{% if add_generation_prompt %}<|a|>{% endif %}";

    public static IReadOnlyList<string> Tokens { get; } =
    [
        "<unk>", "<s>", "</s>", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>", "▁",
        .. Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString()), ".", "!", ":", "?", "<|u|>", "<|a|>",
    ];

    /// <summary>The files of the repository.</summary>
    public static Dictionary<string, byte[]> Files() => new(StringComparer.Ordinal)
    {
        ["config.json"] = File.ReadAllBytes(Path.Join(Data, "config.json")),
        ["generation_config.json"] = """{"do_sample":false,"eos_token_id":[2,39],"max_new_tokens":5}"""u8.ToArray(),
        ["model.safetensors"] = File.ReadAllBytes(Path.Join(Data, "model.safetensors")),
        ["tokenizer.json"] = Encoding.UTF8.GetBytes(TokenizerJson()),
        ["tokenizer_config.json"] = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
            ["unk_token"] = "<unk>",
            ["chat_template"] = Template,
        }),
    };

    public static string Write(TemporaryFolder folder, Dictionary<string, byte[]>? files = null)
    {
        foreach ((string name, byte[] content) in files ?? Files())
        {
            File.WriteAllBytes(Path.Join(folder.Root, name), content);
        }

        return folder.Root;
    }

    public static int[] Ids(string letters) => [.. letters.Select(letter => Tokens.ToList().IndexOf(letter == ' ' ? "▁" : letter.ToString()))];

    /// <summary>The vocabulary as GGUF metadata has it.</summary>
    public static GgufWriter Vocabulary()
    {
        int[] kinds = [.. Tokens.Select((token, id) => id == 0 ? 2 : id <= 2 || id >= User ? 3 : id <= 6 ? 6 : 1)];
        return new GgufWriter()
            .Add("general.architecture", "llama")
            .Add("tokenizer.ggml.model", "llama")
            .Add("tokenizer.ggml.tokens", Tokens.ToArray())
            .Add("tokenizer.ggml.token_type", Array(5, kinds))
            .Add("tokenizer.ggml.scores", Array(6, [.. Tokens.Select((_, id) => -(float)id)]))
            .Add("tokenizer.ggml.bos_token_id", (uint)Start)
            .Add("tokenizer.ggml.eos_token_id", (uint)End)
            .Add("tokenizer.ggml.unknown_token_id", 0u)
            .Add("tokenizer.chat_template", Template);
    }

    /// <summary>The model with its vocabulary as GGUF. The rows of queries and keys stay as they are: it is another model, but a whole one.</summary>
    public static byte[] Gguf()
    {
        GgufWriter writer = Vocabulary()
            .Add("llama.context_length", 64u)
            .Add("llama.embedding_length", 32u)
            .Add("llama.feed_forward_length", 44u)
            .Add("llama.block_count", 2u)
            .Add("llama.attention.head_count", 4u)
            .Add("llama.attention.head_count_kv", 4u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Join(Data, "model.safetensors"));
        foreach (TensorInfo tensor in file.Tensors)
        {
            writer.AddTensor(NameOf(tensor.Name), [.. tensor.Shape], GgufWriter.NumberOf(TensorType.F32), MemoryMarshal.AsBytes(file.ReadSingles(tensor).AsSpan()).ToArray());
        }

        return writer.ToArray();
    }

    /// <summary>An array of 4-byte numbers as the format stores it: type of the value, type of the items, count, items.</summary>
    public static byte[] Array<T>(int type, T[] items)
        where T : struct
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(9);
        writer.Write(type);
        writer.Write((ulong)items.Length);
        writer.Write(MemoryMarshal.AsBytes(items.AsSpan()));
        return stream.ToArray();
    }

    private static string Data => Path.Join(Checkout.Root, "tests", "Snug.Inference.Tests", "Data", "llama");

    private static string TokenizerJson()
    {
        int[] special = [0, Start, End, User, Assistant];
        return JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = special.Select(id => new { id, content = Tokens[id], single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            normalizer = new { type = "Replace", pattern = new { String = " " }, content = "▁" },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { new { SpecialToken = new { id = "<s>", type_id = 0 } }, new { Sequence = new { id = "A", type_id = 0 } } },
                pair = new object[] { new { Sequence = new { id = "A", type_id = 0 } }, new { Sequence = new { id = "B", type_id = 1 } } },
                special_tokens = new Dictionary<string, object> { ["<s>"] = new { id = "<s>", ids = new[] { Start }, tokens = new[] { "<s>" } } },
            },
            decoder = new
            {
                type = "Sequence",
                decoders = new object[]
                {
                    new { type = "Replace", pattern = new { String = "▁" }, content = " " },
                    new { type = "ByteFallback" },
                    new { type = "Fuse" },
                    new { type = "Strip", content = " ", start = 1, stop = 0 },
                },
            },
            model = new
            {
                type = "BPE",
                unk_token = "<unk>",
                fuse_unk = true,
                byte_fallback = true,
                vocab = Tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id),
                merges = System.Array.Empty<string>(),
            },
        });
    }

    private static string NameOf(string name) => new (string From, string To)[]
    {
        ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"), ("model.layers.", "blk."),
        ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"),
        ("mlp.down_proj", "ffn_down"),
    }.Aggregate(name, (text, pair) => text.Replace(pair.From, pair.To, false, CultureInfo.InvariantCulture));
}
