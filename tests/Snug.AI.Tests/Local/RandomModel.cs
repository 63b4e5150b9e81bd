using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>
/// A repository with a small model of random weights and a tokenizer over bytes, as GPT-2 and its kin have it: every byte, some words, the
/// marks of conversations. What it says is noise unless a test scripts it.
/// </summary>
internal static class RandomModel
{
    public const string End = "<|im_end|>";
    public const int ContextLength = 12288;

    private const int Hidden = 32;
    private const int FeedForward = 48;
    private const int Layers = 2;
    private const int Heads = 4;

    /// <summary>A template in the manner of ChatML, with tools as the Hermes family has them.</summary>
    public const string Template =
        """
        {%- if tools %}<|im_start|>system
        Tools: {{ tools | tojson }}<|im_end|>
        {% endif %}{% for message in messages %}<|im_start|>{{ message.role }}
        {% if message.reasoning_content %}<think>{{ message.reasoning_content }}</think>{% endif %}{{ message.content or '' }}{% for call in message.tool_calls or [] %}<tool_call>
        {"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
        </tool_call>{% endfor %}<|im_end|>
        {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """;

    private static readonly string[] Special = ["<|endoftext|>", "<|im_start|>", End, "[TOOL_CALLS]", "<|python_tag|>"];
    private static readonly string[] Plain = ["<tool_call>", "</tool_call>", "<think>", "</think>"];

    private static readonly string[] Words =
    [
        "{\"", "\": ", "\": \"", "\", \"", "\"}", "\":", "{}", "[]", "[{\"", "\"]", "true", "false", "null", "name", "arguments", "  ", "    ", "the ", "and ",
        "user", "assistant", "system", "123", "10", "0.", "e+", "\\n", "\\\"", "\\u00", "},{", "],", "],[", "\"a\"", "é", "日本", "hello ", "world", "}}}", "]]]",
    ];

    public static string Write(TemporaryFolder folder, string template = Template, int seed = 1, int context = ContextLength)
    {
        List<string> tokens = Vocabulary(out List<(string, string)> merges);
        int vocabulary = tokens.Count + Special.Length + Plain.Length;
        folder.Write("config.json", $$"""
            {"model_type":"llama","vocab_size":{{vocabulary}},"hidden_size":{{Hidden}},"intermediate_size":{{FeedForward}},"num_hidden_layers":{{Layers}},
            "num_attention_heads":{{Heads}},"num_key_value_heads":{{Heads}},"max_position_embeddings":{{context}},"rms_norm_eps":1e-05,"rope_theta":10000.0,
            "hidden_act":"silu","tie_word_embeddings":false,"bos_token_id":{{tokens.Count}},"eos_token_id":{{tokens.Count + 2}}}
            """);
        folder.Write("generation_config.json", $$"""{"eos_token_id":[{{tokens.Count}},{{tokens.Count + 2}}]}""");
        folder.Write("tokenizer.json", TokenizerJson(tokens, merges));
        folder.Write("tokenizer_config.json", new JsonObject { ["bos_token"] = Special[0], ["eos_token"] = End, ["chat_template"] = template }.ToJsonString());
        File.WriteAllBytes(Path.Join(folder.Root, "model.safetensors"), Weights(vocabulary, seed));
        return folder.Root;
    }

    private static List<string> Vocabulary(out List<(string, string)> merges)
    {
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(value => Letter((byte)value).ToString())];
        HashSet<string> known = [.. tokens];
        merges = [];
        foreach (string word in Words)
        {
            string letters = string.Concat(Encoding.UTF8.GetBytes(word).Select(Letter));
            for (int length = 2; length <= letters.Length; length++)
            {
                if (known.Add(letters[..length]))
                {
                    tokens.Add(letters[..length]);
                    merges.Add((letters[..(length - 1)], letters[(length - 1)..length]));
                }
            }
        }

        return tokens;
    }

    /// <summary>The character that stands for a byte: printable ones for themselves, the others from 256 on, in order.</summary>
    private static char Letter(byte value)
    {
        static bool IsPrintable(int value) => value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return IsPrintable(value) ? (char)value : (char)(256 + Enumerable.Range(0, value).Count(other => !IsPrintable(other)));
    }

    private static string TokenizerJson(List<string> tokens, List<(string Left, string Right)> merges)
    {
        JsonObject vocabulary = [];
        for (int id = 0; id < tokens.Count; id++)
        {
            vocabulary[tokens[id]] = id;
        }

        JsonArray added = [];
        foreach (string token in (string[])[.. Special, .. Plain])
        {
            added.Add(new JsonObject
            {
                ["id"] = tokens.Count + added.Count,
                ["content"] = token,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = Special.Contains(token),
            });
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)new JsonArray(merge.Left, merge.Right))]),
            },
        }.ToJsonString();
    }

    private static byte[] Weights(int vocabulary, int seed)
    {
        Random random = new(seed);
        JsonObject header = [];
        using MemoryStream data = new();
        void Add(string name, params int[] shape)
        {
            float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = shape.Length == 1 ? 1 : (float)((random.NextDouble() - 0.5) * (shape[0] == vocabulary ? 2 : 0.6));
            }

            long start = data.Length;
            data.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(start, data.Length),
            };
        }

        Add("model.embed_tokens.weight", vocabulary, Hidden);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            Add($"{prefix}input_layernorm.weight", Hidden);
            Add($"{prefix}post_attention_layernorm.weight", Hidden);
            foreach (string name in (string[])["q", "k", "v", "o"])
            {
                Add($"{prefix}self_attn.{name}_proj.weight", Hidden, Hidden);
            }

            Add($"{prefix}mlp.gate_proj.weight", FeedForward, Hidden);
            Add($"{prefix}mlp.up_proj.weight", FeedForward, Hidden);
            Add($"{prefix}mlp.down_proj.weight", Hidden, FeedForward);
        }

        Add("model.norm.weight", Hidden);
        Add("lm_head.weight", vocabulary, Hidden);
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] file = new byte[8 + text.Length + (int)data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        data.ToArray().CopyTo(file, 8 + text.Length);
        return file;
    }
}
