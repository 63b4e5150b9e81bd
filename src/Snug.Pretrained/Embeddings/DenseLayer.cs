using System.Numerics;
using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>A linear layer with an activation over a finished vector, as <c>2_Dense</c> describes it.</summary>
internal sealed class DenseLayer
{
    private const string WeightsName = "model.safetensors";
    private readonly float[] _weights;
    private readonly float[]? _bias;
    private readonly Func<float, float> _activation;

    private DenseLayer(int inputs, int outputs, float[] weights, float[]? bias, Func<float, float> activation)
    {
        (Inputs, Outputs, _weights, _bias, _activation) = (inputs, outputs, weights, bias, activation);
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Reads the layer of a folder.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or the activation is not supported.</exception>
    public static DenseLayer Read(string folder)
    {
        string configuration = Path.Join(folder, "config.json");
        (int inputs, int outputs, bool bias, string activation) = SettingsFile.Read(configuration, root =>
        {
            root.RefuseOther("module_input_name", "sentence_embedding");
            root.RefuseOther("module_output_name", "sentence_embedding");
            return (root.Whole("in_features", 1), root.Whole("out_features", 1), root.Flag("bias") ?? true, root.Text("activation_function") ?? "Tanh");
        });
        Func<float, float> function = activation[(activation.LastIndexOf('.') + 1)..] switch
        {
            "Identity" => static x => x,
            "Tanh" => MathF.Tanh,
            "ReLU" => static x => MathF.Max(x, 0),
            _ => throw new ModelFormatException(
                $"'activation_function' is '{activation}'; supported are Identity, Tanh and ReLU.", configuration, jsonPath: "$.activation_function"),
        };
        string weights = Path.Join(folder, WeightsName);
        if (!File.Exists(weights))
        {
            throw new ModelFormatException("The layer has no model.safetensors; pickle files are never read, because reading one can run any code.", folder);
        }

        using SafetensorsFile file = SafetensorsFile.Open(weights);
        return new DenseLayer(inputs, outputs, Values(file, "linear.weight", outputs, inputs), bias ? Values(file, "linear.bias", outputs) : null, function);
    }

    /// <summary>Numbers that the layer of a folder puts out, from its configuration alone.</summary>
    public static int ReadOutputs(string folder) => SettingsFile.Read(Path.Join(folder, "config.json"), root => root.Whole("out_features", 1));

    public float[] Apply(ReadOnlySpan<float> vector)
    {
        float[] result = new float[Outputs];
        for (int row = 0; row < Outputs; row++)
        {
            result[row] = _activation(Dot(_weights.AsSpan(row * Inputs, Inputs), vector) + (_bias?[row] ?? 0));
        }

        return result;
    }

    internal static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<float> sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += new Vector<float>(left[i..]) * new Vector<float>(right[i..]);
        }

        float sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static float[] Values(SafetensorsFile file, string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = file.Find(name) ?? throw new ModelFormatException($"Tensor '{name}' is missing.", file.FilePath);
        return tensor.Shape.AsSpan().SequenceEqual(shape)
            ? file.ReadSingles(tensor)
            : throw new ModelFormatException(
                $"Tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; the configuration implies [{string.Join(", ", shape.ToArray())}].", file.FilePath, tensor.Offset);
    }
}
