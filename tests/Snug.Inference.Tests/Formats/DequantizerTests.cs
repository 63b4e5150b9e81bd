namespace Snug.Inference.Tests;

public sealed class DequantizerTests
{
    [Theory]
    [MemberData(nameof(PackedKernelTests.Types), MemberType = typeof(PackedKernelTests))]
    public void Blocks_decode_to_the_numbers_of_the_reference_bit_by_bit(TensorType type)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Fixtures.Data("blocks.safetensors"));
        TensorInfo stored = file.Find($"{type}.stored")!;
        float[] expected = file.ReadSingles(file.Find($"{type}.values")!);
        byte[] bytes = new byte[stored.ByteLength];
        file.Read(stored, 0, bytes);

        float[] values = new float[expected.Length];
        Dequantizer.Decode(type, bytes, values);

        Assert.Equal(expected, values);
    }
}
