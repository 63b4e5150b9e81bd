using System.Text;

namespace Snug.Tokenizers.Conformance;

/// <summary>Makes texts at random, the same for the same seed: mixtures of what tokenizers treat differently.</summary>
internal sealed class TextGenerator
{
    private static readonly (int First, int Last)[] Scripts =
    [
        (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F),
        (0x370, 0x3FF), (0x400, 0x4FF), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x700, 0x74F), (0x900, 0x97F), (0x980, 0x9FF), (0xA00, 0xA7F),
        (0xB80, 0xBFF), (0xC00, 0xC7F), (0xD00, 0xD7F), (0xE00, 0xE7F), (0xE80, 0xEFF), (0xF00, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF),
        (0x1200, 0x137F), (0x13A0, 0x13FF), (0x1780, 0x17FF), (0x1800, 0x18AF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F),
        (0x20A0, 0x20CF), (0x2100, 0x214F), (0x2150, 0x218F), (0x2190, 0x22FF), (0x2460, 0x24FF), (0x2580, 0x25FF), (0x2600, 0x27BF), (0x2C00, 0x2DFF),
        (0x3000, 0x303F), (0x3040, 0x30FF), (0x3130, 0x318F), (0x3200, 0x33FF), (0x3400, 0x3500), (0x4E00, 0x9FFF), (0x4E00, 0x5000), (0xA640, 0xA69F),
        (0xA720, 0xA7FF), (0xAB30, 0xABBF), (0xAC00, 0xD7A3), (0xE000, 0xE010), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFF00, 0xFFEF),
        (0x10000, 0x100FF), (0x10400, 0x1044F), (0x11000, 0x110CF), (0x1D100, 0x1D1FF), (0x1D400, 0x1D7FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F6FF),
        (0x1F900, 0x1F9FF), (0x20000, 0x200FF), (0x2F800, 0x2FA1F), (0xE0020, 0xE007F), (0, 0x1F), (0x80, 0x9F),
    ];

    private static readonly string[] Words =
    [
        "the", "and", "of", "Hello", "world", "tokenizer", "don't", "I'm", "we'll", "THEY'RE", "it's", "naïve", "café", "straße", "Πύργος", "Москва", "мир",
        "こんにちは", "東京", "你好", "世界", "안녕", "مرحبا", "שלום", "नमस्ते", "ไทย", "việt", "int", "return", "{}", "();", "=>", "!=", "++", "http://", ".com", "123",
        "3.14", "0xFF", "<s>", "</s>", "[CLS]", "[MASK]", "<|endoftext|>", "<|im_start|>", "▁", "Ġ", "##", "<0x0A>", "é", "e\u0301", "ﬁ", "ß", "İ", "ǅ",
        "👍🏽", "👨‍👩‍👧", "🇫🇷", "❤️", "…", "—", "“", "”", "'", "’", "\"", "'s", "'S", "'ll", "\u200D", "\u200B", "\uFEFF", "\u00AD", "\uFFFD", "\u3000", "\u00A0", "\u0301", "\u0323",
        "ক্ষ", "ক্", "க்", "ം", "\u1161", "\u11A8", "ー", "ﾞ",
    ];

    private static readonly string[] Spaces = [" ", " ", " ", " ", "  ", "\n", "\n\n", "\t", "\r\n", "   ", " \n", "\u3000", ""];

    private readonly Random _random;

    public TextGenerator(int seed)
    {
        _random = new Random(seed);
    }

    /// <summary>Further words to mix in: the added tokens of a tokenizer.</summary>
    public IReadOnlyList<string> Extra { get; set; } = [];

    public string Next()
    {
        StringBuilder text = new();
        int parts = _random.Next(1, 12);
        for (int i = 0; i < parts; i++)
        {
            switch (_random.Next(10))
            {
                case 0 or 1 or 2:
                    text.Append(Words[_random.Next(Words.Length)]);
                    break;
                case 3 when Extra.Count > 0:
                    text.Append(Extra[_random.Next(Extra.Count)]);
                    break;
                case 4:
                    text.Append(Spaces[_random.Next(Spaces.Length)]);
                    break;
                case 5:
                    AppendRepeated(text);
                    break;
                case 6:
                    Append(text, _random.Next(20) == 0 ? AnyScalar() : Of(Scripts[_random.Next(Scripts.Length)]));
                    break;
                default:
                    AppendWord(text);
                    break;
            }

            if (_random.Next(3) > 0)
            {
                text.Append(Spaces[_random.Next(Spaces.Length)]);
            }
        }

        return text.ToString();
    }

    private void AppendWord(StringBuilder text)
    {
        (int First, int Last) script = Scripts[_random.Next(Scripts.Length)];
        int length = _random.Next(1, 9);
        for (int i = 0; i < length; i++)
        {
            Append(text, _random.Next(12) == 0 ? Of(Scripts[_random.Next(Scripts.Length)]) : Of(script));
        }
    }

    private void AppendRepeated(StringBuilder text)
    {
        int c = _random.Next(3) == 0 ? Of(Scripts[_random.Next(Scripts.Length)]) : " aA0.!'-_=\n\t"[_random.Next(12)];
        int length = _random.Next(8) == 0 ? _random.Next(60, 70) : _random.Next(1, 20);
        for (int i = 0; i < length; i++)
        {
            Append(text, c);
        }
    }

    private int Of((int First, int Last) range) => _random.Next(range.First, range.Last + 1);

    private int AnyScalar()
    {
        int c = _random.Next(0x110000);
        return c is >= 0xD800 and <= 0xDFFF ? 'x' : c;
    }

    private static void Append(StringBuilder text, int c) => text.Append(char.ConvertFromUtf32(c));
}
