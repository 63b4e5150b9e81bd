// Makes the demonstration repositories beside this file. Run it from here: dotnet run generate.cs
// Everything is computed from constants, so that a second run changes nothing; only the model that can talk is made elsewhere.
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
#:property NoWarn=$(NoWarn);MA0048;CA1861;CA1305
#:property JsonSerializerIsReflectionEnabledByDefault=true

using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

string root = args is [{ } given] ? given : Directory.GetCurrentDirectory();
if (!File.Exists(Path.Combine(root, "generate.cs")))
{
    Console.Error.WriteLine("Run this from samples/repositories, or give that folder as the argument.");
    return 2;
}

// The demonstration model was trained, not computed (samples/demonstration-model): it stays.
const string Trained = "demonstration-model";
foreach (string type in (string[])["models", "datasets", "spaces"])
{
    string folder = Path.Combine(root, type);
    foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
    {
        if (!Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Contains(Trained))
        {
            File.Delete(file);
        }
    }
}

// ---------------------------------------------------------------- tiny-model: two revisions, a tag, a pull request, an earlier name
const string Tiny = "models/snug/tiny-model";
string[] vocabulary = Vocabulary();
Model("first", layers: 1, seed: 1, "The first weights: one layer.");
Model("second", layers: 6, seed: 2, "The weights in use: six layers.");
Model("proposal", layers: 1, seed: 1, "Proposed: the first weights again, since nobody can tell the difference.");
Json($"{Tiny}/repository.json", """
    {
      "pipelineTag": "text-generation",
      "libraryName": "transformers",
      "tags": ["transformers", "safetensors", "llama", "text-generation", "license:mit"],
      "card": { "license": "mit", "library_name": "transformers", "pipeline_tag": "text-generation" },
      "downloads": 42,
      "likes": 7,
      "renamedFrom": ["snug/old-name"],
      "revisions": [
        { "folder": "first", "title": "Add a model of one layer", "author": "carol", "date": "2025-01-06T09:00:00Z", "tags": ["v1"] },
        { "folder": "second", "title": "Use six layers", "message": "One layer had nothing to say.", "author": "carol", "date": "2025-02-03T10:30:00Z" },
        { "folder": "proposal", "title": "Go back to one layer", "author": "alice", "date": "2025-02-10T16:45:00Z", "branch": "refs/pr/1" }
      ]
    }
    """);

// ---------------------------------------------------------------- tiny-package: packages that are folders of many files
foreach ((string package, int weights) in (ReadOnlySpan<(string, int)>)[("Tiny", 48 * 1024), ("TinyQuantized", 12 * 1024)])
{
    string folder = $"models/snug/tiny-package/{package}.mlpackage";
    Json($"{folder}/Manifest.json", $$"""
        {
          "fileFormatVersion": "1.0.0",
          "itemInfoEntries": {
            "{{package}}-model": { "author": "com.apple.CoreML", "description": "CoreML Model Specification", "name": "model.mlmodel", "path": "com.apple.CoreML/model.mlmodel" },
            "{{package}}-weights": { "author": "com.apple.CoreML", "description": "CoreML Model Weights", "name": "weights", "path": "com.apple.CoreML/weights" }
          },
          "rootModelIdentifier": "{{package}}-model"
        }
        """);
    Write($"{folder}/Data/com.apple.CoreML/model.mlmodel", [.. Varint(1, 8), .. Field(2, Field(100, Field(1, Encoding.UTF8.GetBytes($"{package}, for demonstrations of downloading only"))))]);
    Write($"{folder}/Data/com.apple.CoreML/weights/weight.bin", Noise(weights, seed: 10 + package.Length));
}

Text("models/snug/tiny-package/README.md", """
    ---
    license: mit
    library_name: coreml
    ---
    # Tiny package

    Two model packages side by side, each a folder that is only of use when all of its files are there. The weights are noise.
    """);

// ---------------------------------------------------------------- repositories that are not open to all
Small("snug/gated-model", seed: 21, "Gated: whoever accepts the terms gets access at once.", """
    {
      "gated": "auto",
      "tags": ["license:other"],
      "card": { "license": "other", "license_name": "demonstration-terms", "extra_gated_prompt": "Please promise to use these random numbers for good." },
      "access": { "granted": ["alice"] }
    }
    """);
Small("snug/manual-model", seed: 22, "Gated: the authors look at each request.", """
    {
      "gated": "manual",
      "card": { "license": "other", "license_name": "demonstration-terms" },
      "access": { "granted": ["alice"], "pending": ["dave"], "rejected": ["erin"] }
    }
    """);
Small("snug/private-model", seed: 23, "Private: only members know of it.", """
    {
      "private": true,
      "members": ["alice"]
    }
    """);
Small("snug/disabled-model", seed: 24, "Disabled: it was taken out of service.", """
    {
      "disabled": true
    }
    """);

// The name of a real repository, so that the example of a training (samples/finnish-tts) reads like one; nothing else is of it.
Small("fishaudio/openaudio-s1-mini", seed: 25, "A stand-in with the name of a speech model, gated like it: whoever accepts the terms gets access at once.", """
    {
      "gated": "auto",
      "pipelineTag": "text-to-speech",
      "tags": ["license:other"],
      "card": { "license": "other", "license_name": "demonstration-terms", "pipeline_tag": "text-to-speech" },
      "access": { "granted": ["alice"] }
    }
    """);

// ---------------------------------------------------------------- an id of one part, a data set, a space
Text("models/tiny/README.md", """
    ---
    license: mit
    ---
    # Tiny

    A repository whose id has no namespace, like the oldest ones on the Hub.
    """);
Text("models/tiny/config.json", """
    { "model_type": "tiny" }
    """);
Write("models/tiny/model.safetensors", Safetensors([("weight", [16, 16])], seed: 31));

Text("datasets/snug/tiny-data/README.md", """
    ---
    license: mit
    language: en
    ---
    # Tiny data

    Forty made-up questions about numbers, and the numbers.
    """);
StringBuilder lines = new();
for (int i = 1; i <= 40; i++)
{
    lines.Append($"{{\"question\": \"What is {i} times {i}?\", \"answer\": \"{i * i}\"}}\n");
}

Text("datasets/snug/tiny-data/data/train.jsonl", lines.ToString());
Text("datasets/snug/tiny-data/data/test.csv", "question,answer\nWhat is 41 times 41?,1681\nWhat is 42 times 42?,1764\n");
Text("datasets/snug/tiny-data/data/empty.txt", string.Empty);
Write("datasets/snug/tiny-data/data/squares.npy", Numpy([.. Enumerable.Range(1, 42).Select(i => (long)i * i)]));

Text("spaces/snug/tiny-space/README.md", """
    ---
    title: Tiny space
    sdk: static
    ---
    A page that says hello.
    """);
Text("spaces/snug/tiny-space/index.html", "<!doctype html>\n<title>Tiny space</title>\n<p>Hello.</p>\n");
return 0;

void Model(string revision, int layers, int seed, string about)
{
    const int Hidden = 64;
    const int Inner = 128;
    string folder = $"{Tiny}/{revision}";
    Text($"{folder}/README.md", $"""
        ---
        license: mit
        library_name: transformers
        pipeline_tag: text-generation
        ---
        # Tiny model

        A model in the form of a Llama with {vocabulary.Length} words. {about}
        It was not trained: it shows how downloading, verifying and loading work, and talks nonsense.
        """);
    Json($"{folder}/config.json", $$"""
        {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "vocab_size": {{vocabulary.Length}},
          "hidden_size": {{Hidden}},
          "intermediate_size": {{Inner}},
          "num_hidden_layers": {{layers}},
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "max_position_embeddings": 128,
          "rms_norm_eps": 1e-05,
          "rope_theta": 10000.0,
          "hidden_act": "silu",
          "tie_word_embeddings": true,
          "bos_token_id": 1,
          "eos_token_id": 2,
          "pad_token_id": 3,
          "torch_dtype": "float32"
        }
        """);
    Json($"{folder}/generation_config.json", """
        { "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 3, "do_sample": false, "max_new_tokens": 16 }
        """);
    Json($"{folder}/tokenizer_config.json", """
        {
          "tokenizer_class": "PreTrainedTokenizerFast",
          "bos_token": "<s>",
          "eos_token": "</s>",
          "unk_token": "<unk>",
          "pad_token": "<pad>",
          "model_max_length": 128,
          "chat_template": "{{ bos_token }}{% for message in messages %}{{ message['role'] }} : {{ message['content'] }} {{ eos_token }}{% endfor %}{% if add_generation_prompt %}assistant : {% endif %}"
        }
        """);
    Text($"{folder}/tokenizer.json", Tokenizer());

    List<(string Name, int[] Shape)> tensors = [("model.embed_tokens.weight", [vocabulary.Length, Hidden]), ("model.norm.weight", [Hidden])];
    for (int i = 0; i < layers; i++)
    {
        string layer = $"model.layers.{i}.";
        tensors.Add((layer + "input_layernorm.weight", [Hidden]));
        tensors.Add((layer + "mlp.down_proj.weight", [Hidden, Inner]));
        tensors.Add((layer + "mlp.gate_proj.weight", [Inner, Hidden]));
        tensors.Add((layer + "mlp.up_proj.weight", [Inner, Hidden]));
        tensors.Add((layer + "post_attention_layernorm.weight", [Hidden]));
        foreach (string projection in (string[])["k", "o", "q", "v"])
        {
            tensors.Add(($"{layer}self_attn.{projection}_proj.weight", [Hidden, Hidden]));
        }
    }

    Write($"{folder}/model.safetensors", Safetensors(tensors, seed));
    Text($"{folder}/onnx/README.md", "The smallest graph there is: its output is its input.\n");
    Write($"{folder}/onnx/model.onnx", Onnx());
}

void Small(string name, int seed, string about, string settings)
{
    string folder = $"models/{name}";
    Json($"{folder}/repository.json", settings);
    Text($"{folder}/README.md", $"""
        # {name[(name.IndexOf('/') + 1)..]}

        {about} The numbers in it are random.
        """);
    Text($"{folder}/config.json", """
        { "model_type": "tiny" }
        """);
    Write($"{folder}/model.safetensors", Safetensors([("weight", [64, 64])], seed));
}

string Tokenizer()
{
    JsonObject ids = [];
    for (int i = 0; i < vocabulary.Length; i++)
    {
        ids[vocabulary[i]] = i;
    }

    JsonArray added = [];
    for (int i = 0; i < 4; i++)
    {
        added.Add(new JsonObject
        {
            ["id"] = i, ["content"] = vocabulary[i], ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
        });
    }

    JsonObject tokenizer = new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = added,
        ["normalizer"] = new JsonObject { ["type"] = "Lowercase" },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "Whitespace" },
        ["post_processor"] = null,
        ["decoder"] = null,
        ["model"] = new JsonObject { ["type"] = "WordLevel", ["vocab"] = ids, ["unk_token"] = "<unk>" },
    };
    return tokenizer.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
}

static string[] Vocabulary()
{
    const string Words = """
        . , ? ! : ; ' " ( ) - 0 1 2 3 4 5 6 7 8 9
        a about above after again air all almost along also always an and animal another answer any are around as ask assistant at away back be
        because been before began being below between big bird book both boy but by call came can car carry change city close come could country
        cut day did different do does door down each early earth eat end enough even ever every example eye face family far farm father feel few
        find first fish follow food for found friend from garden get girl give go good got great green grow had hand hard has have he head hear
        hello help her here high him his home horse house how i idea if important in into is it its just keep kind know land large last later
        learn leave left letter life light like line list little live long look made make man many may me mean might mile model more morning most
        mother mountain move much music must my name near need never new next night no not now number of off often old on once one only open or
        other our out over own page paper part people place plant play point put question quick rain read right river room run said same say
        school sea second see seem sentence set she should show side small snug so some song soon sound spell start state still stop
        story study such sun system take talk tell than that the their them then there these they thing think this those though thought three
        through time to together too took tree try turn two under until up us use user very walk want was watch water way we well went were what
        when where which while white who why will with without word work world would write year you young your
        """;
    List<string> words = ["<unk>", "<s>", "</s>", "<pad>"];
    words.AddRange(Words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
    return [.. words];
}

static byte[] Safetensors(IReadOnlyList<(string Name, int[] Shape)> tensors, int seed)
{
    JsonObject header = new() { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
    long end = 0;
    foreach ((string name, int[] shape) in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
    {
        long start = end;
        end += shape.Aggregate(1L, (product, size) => product * size) * sizeof(float);
        header[name] = new JsonObject
        {
            ["dtype"] = "F32", ["shape"] = new JsonArray([.. shape.Select(size => JsonValue.Create(size))]), ["data_offsets"] = new JsonArray(start, end),
        };
    }

    // The data begin at a multiple of eight, as in files of the format's own library.
    string text = header.ToJsonString();
    text = text.PadRight((text.Length + 7) / 8 * 8);
    byte[] file = new byte[8 + text.Length + end];
    BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
    Encoding.ASCII.GetBytes(text, file.AsSpan(8));
    ulong state = (ulong)seed;
    foreach ((string name, int[] shape) in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
    {
        int start = 8 + text.Length + (int)(long)header[name]!["data_offsets"]![0]!;
        int count = shape.Aggregate(1, (product, size) => product * size);
        for (int i = 0; i < count; i++)
        {
            // A scale of one for norms, small numbers around zero for the rest.
            float value = shape.Length == 1 ? 1f : (((Next(ref state) >> 40) / (float)(1 << 24)) - 0.5f) * 0.25f;
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(start + (i * sizeof(float))), value);
        }
    }

    return file;
}

static byte[] Onnx()
{
    byte[] value = Field(2, Field(1, [.. Varint(1, 1), .. Field(2, Field(1, Varint(1, 1)))]));
    byte[] graph =
    [
        .. Field(1, [.. Name(1, "x"), .. Name(2, "y"), .. Name(4, "Identity")]),
        .. Name(2, "tiny"),
        .. Field(11, [.. Name(1, "x"), .. value]),
        .. Field(12, [.. Name(1, "y"), .. value]),
    ];
    return [.. Varint(1, 8), .. Name(2, "snug"), .. Field(7, graph), .. Field(8, Varint(2, 13))];
}

static byte[] Numpy(long[] values)
{
    string header = $"{{'descr': '<i8', 'fortran_order': False, 'shape': ({values.Length},), }}";
    header = header.PadRight(((10 + header.Length + 1 + 63) / 64 * 64) - 10 - 1) + "\n";
    byte[] file = new byte[10 + header.Length + (values.Length * sizeof(long))];
    "\u0093NUMPY\u0001\0"u8[1..].CopyTo(file);
    file[0] = 0x93;
    BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)header.Length);
    Encoding.ASCII.GetBytes(header, file.AsSpan(10));
    for (int i = 0; i < values.Length; i++)
    {
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(10 + header.Length + (i * sizeof(long))), values[i]);
    }

    return file;
}

static byte[] Noise(int length, int seed)
{
    byte[] bytes = new byte[length];
    ulong state = (ulong)seed;
    for (int i = 0; i < length; i++)
    {
        bytes[i] = (byte)(Next(ref state) >> 56);
    }

    return bytes;
}

static ulong Next(ref ulong state)
{
    ulong z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

// Fields of the protocol buffers wire format.
static byte[] Varint(int field, int value) => [.. Number(field << 3), .. Number(value)];

static byte[] Name(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

static byte[] Field(int field, byte[] content) => [.. Number((field << 3) | 2), .. Number(content.Length), .. content];

static byte[] Number(int value)
{
    List<byte> bytes = [];
    for (; value >= 0x80; value >>= 7)
    {
        bytes.Add((byte)(value | 0x80));
    }

    bytes.Add((byte)value);
    return [.. bytes];
}

void Json(string path, string text)
{
    using JsonDocument parsed = JsonDocument.Parse(text);
    Text(path, text);
}

void Text(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n"));

void Write(string path, byte[] bytes)
{
    string file = Path.Combine(root, path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllBytes(file, bytes);
}
