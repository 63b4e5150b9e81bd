using System.Text.Json;

namespace Snug.Tokenizers;

/// <summary>Turns the characters that stand for bytes into the bytes; tokens with other characters are taken as they are.</summary>
internal sealed class ByteLevelDecoder(bool addPrefixSpace, bool trimOffsets, bool useRegex) : Decoder
{
    public override void Decode(List<string> tokens)
    {
        int most = 0;
        foreach (string token in tokens)
        {
            most = checked(most + (token.Length * 3));
        }

        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(most);
        int count = 0;
        foreach (string token in tokens)
        {
            int start = count;
            foreach (char c in token)
            {
                int value = ByteAlphabet.ByteOf(c);
                if (value < 0)
                {
                    count = start + System.Text.Encoding.UTF8.GetBytes(token, buffer.AsSpan(start));
                    break;
                }

                buffer[count++] = (byte)value;
            }
        }

        string text = Utf8.ToText(buffer.AsSpan(0, count));
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        tokens.Clear();
        tokens.Add(text);
    }

    public override byte[] RawBytes(string token) =>
        token.All(c => ByteAlphabet.ByteOf(c) >= 0) ? [.. token.Select(c => (byte)ByteAlphabet.ByteOf(c))] : System.Text.Encoding.UTF8.GetBytes(token);

    public override void Write(Utf8JsonWriter writer) => ByteLevelJson.Write(writer, addPrefixSpace, trimOffsets, useRegex);
}
