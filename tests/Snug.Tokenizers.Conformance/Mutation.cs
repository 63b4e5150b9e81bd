namespace Snug.Tokenizers.Conformance;

/// <summary>Damages a file in ways that files get damaged, and that someone would damage them on purpose.</summary>
internal static class Mutation
{
    private static readonly byte[][] Snippets =
    [
        .. ((string[])["null", "true", "-1", "1e999", "99999999999999999999", "4294967296", "\"\"", "\"\\ud800\"", "[]", "{}", "[[[[", "\"a\"", "0.5", ",", ":", "\"type\":", "\"(a+)+$\"", "\"\\\\p{L}{1,99999}\"", "\"Sequence\""]).Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    public static void Apply(ref byte[] json, Random random)
    {
        int changes = random.Next(1, 4);
        for (int i = 0; i < changes && json.Length > 0; i++)
        {
            int at = random.Next(json.Length);
            switch (random.Next(7))
            {
                case 0:
                    json = json[..at];
                    break;
                case 1:
                    json[at] = (byte)random.Next(256);
                    break;
                case 2:
                    json[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    json = [.. json[..at], .. Snippets[random.Next(Snippets.Length)], .. json[at..]];
                    break;
                case 4:
                    int end = Math.Min(json.Length, at + random.Next(1, 30));
                    json = [.. json[..at], .. json[end..]];
                    break;
                case 5:
                    int last = Math.Min(json.Length, at + random.Next(1, 60));
                    json = [.. json[..last], .. json[at..]];
                    break;
                default:
                    ReplaceValue(ref json, at, random);
                    break;
            }
        }
    }

    /// <summary>Puts another value in the place of one, so that the file stays JSON more often.</summary>
    private static void ReplaceValue(ref byte[] json, int at, Random random)
    {
        int colon = json.AsSpan(at).IndexOf((byte)':');
        if (colon < 0)
        {
            return;
        }

        int start = at + colon + 1;
        int length = json.AsSpan(start).IndexOfAny((byte)',', (byte)'}');
        if (length >= 0)
        {
            json = [.. json[..start], .. Snippets[random.Next(Snippets.Length)], .. json[(start + length)..]];
        }
    }
}
