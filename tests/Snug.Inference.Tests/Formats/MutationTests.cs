using System.Globalization;
using System.Runtime.InteropServices;

namespace Snug.Inference.Tests;

/// <summary>
/// Files with random damage: each is refused with a typed error, or gives a model that computes. SNUG_FUZZ sets how many there are of each
/// kind; <c>dotnet test</c> runs a few, always the same ones.
/// </summary>
public sealed class MutationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("SNUG_FUZZ"), CultureInfo.InvariantCulture, out int count) ? count : 400;

    [Theory]
    [InlineData("mistral")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    public void Damaged_GGUF_files_never_crash(string name)
    {
        byte[] whole = GgufConverter.Convert(Fixtures.Data(name), TensorType.Q8_0);
        int header = IndexOfData(whole);

        Run(whole, header, "x.gguf", _ => _folder.File("x.gguf"));
    }

    [Theory]
    [InlineData("llama-f16")]
    [InlineData("gpt2")]
    public void Damaged_safetensors_files_never_crash(string name)
    {
        string folder = _folder.CopyModel(name);
        byte[] whole = File.ReadAllBytes(_folder.File("model.safetensors"));

        Run(whole, (int)BitConverter.ToInt64(whole) + 8, "model.safetensors", _ => folder);
    }

    [Theory]
    [InlineData("llama-yarn")]
    [InlineData("gpt2")]
    public void Damaged_configurations_never_crash(string name)
    {
        string folder = _folder.CopyModel(name);
        byte[] whole = File.ReadAllBytes(_folder.File("config.json"));

        Run(whole, whole.Length, "config.json", _ => folder);
    }

    public void Dispose() => _folder.Dispose();

    private void Run(byte[] whole, int interesting, string file, Func<int, string> model)
    {
        int loaded = 0;
        int refused = 0;
        for (int seed = 0; seed < Count; seed++)
        {
            _folder.Write(file, Damage(whole, interesting, new Random(seed)));
            try
            {
                using CausalModel causal = CausalModel.Load(model(seed), new ModelOptions { Threads = 1, ChunkLength = 4 });
                using InferenceSession session = causal.CreateSession();
                int vocabulary = causal.Configuration.VocabularySize;
                session.Read([0, vocabulary - 1]);
                Assert.Equal(vocabulary, session.Logits.Length);
                loaded++;
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        // Both ends are reached, or the damage is too small or too large to find anything.
        Assert.True(loaded > 0 && refused > 0, $"{loaded} loaded, {refused} refused");
    }

    /// <summary>A few changes, mostly where the structure is.</summary>
    private static byte[] Damage(byte[] whole, int interesting, Random random)
    {
        List<byte> bytes = [.. whole];
        int changes = random.Next(1, 4);
        for (int i = 0; i < changes; i++)
        {
            int at = random.Next(random.Next(10) == 0 ? bytes.Count : Math.Min(interesting, bytes.Count));
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(Math.Max(1, bytes.Count - 16)), Math.Min(16, bytes.Count)));
                    break;
                case 4:
                    Overwrite(at, [0, 1, 127, 255, 0x80]);
                    break;
                case 5:
                    // A digit or a whole number becomes another.
                    int digit = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
                    if (digit >= 0)
                    {
                        bytes[digit] = (byte)('0' + random.Next(10));
                    }

                    break;
                default:
                    bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : 0);
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];

        void Overwrite(int at, ReadOnlySpan<byte> extremes)
        {
            byte extreme = extremes[random.Next(extremes.Length)];
            int length = Math.Min(random.Next(1, 9), bytes.Count - at);
            CollectionsMarshal.AsSpan(bytes).Slice(at, length).Fill(extreme);
        }
    }

    private static int IndexOfData(byte[] gguf)
    {
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, gguf);
        using GgufFile opened = GgufFile.Open(file);
        File.Delete(file);
        return (int)opened.Tensors.Min(tensor => tensor.Offset);
    }
}
