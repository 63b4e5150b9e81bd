namespace Snug.Tokenizers.Conformance;

/// <summary>Texts that every tokenizer is compared on.</summary>
internal static class FixedInputs
{
    // Tokens that are tried one by one; those behind them stand in texts together.
    private const int AloneTokens = 80;

    private const int TokensOfOneText = 12;

    /// <summary>The texts that are the same for all tokenizers.</summary>
    public static IEnumerable<string> Plain => [.. Prose, .. Odd, .. Lengths([1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 49, 50, 63, 64, 65, 127, 128, 129, 300]), .. Long];

    /// <summary>Fewer of them, for what does not depend on the length of words.</summary>
    public static IEnumerable<string> Brief => [.. Prose, .. Odd, .. Lengths([2, 3, 16, 33])];

    /// <summary>Pairs of texts.</summary>
    public static IEnumerable<(string First, string Second)> Pairs
    {
        get
        {
            string[] texts = [.. Prose, .. Odd];
            return texts.Zip(texts.Skip(1).Append("end"));
        }
    }

    /// <summary>The texts, and every added token of the tokenizer inside of text.</summary>
    public static List<string> For(Tokenizer tokenizer)
    {
        string[] contents = [.. tokenizer.AddedTokens.Values.Select(token => token.Content)];
        List<string> texts = [.. Plain];
        foreach (string content in contents.Take(AloneTokens))
        {
            texts.Add(content);
            texts.Add($"a{content}b");
            texts.Add($"one  {content}  two {content}{content}");
            texts.Add($"é{content.ToUpperInvariant()}\n{content}\n");
        }

        foreach (string[] some in contents.Skip(AloneTokens).Chunk(TokensOfOneText))
        {
            texts.Add(string.Concat(some));
            texts.Add($"a{string.Join("b  é", some)} {string.Join(' ', some.Select(content => content.ToUpperInvariant()))}");
        }

        return texts;
    }

    private static IEnumerable<string> Lengths(int[] lengths)
    {
        foreach (int length in lengths)
        {
            foreach (string unit in (string[])["a", "ab", " ", "\n", "é", "漢", "😀", "0", "-", "▁", "Ġ", "\t ", "a\u0301", "क्ष"])
            {
                yield return string.Concat(Enumerable.Repeat(unit, length));
            }
        }
    }

    private static readonly string[] Long =
    [
        new('a', 5000),
        string.Concat(Enumerable.Repeat("the quick brown fox ", 300)),
        string.Concat(Enumerable.Range(0, 600).Select(i => $"{i * 7919 % 100003} ")),
    ];

    private static readonly string[] Prose =
    [
        "", " ", "  ", "\n", "\t", "\r\n", " \n ", "\u3000", "\u00A0", "\u200B", "\uFEFF", "\0", "a\0b",
        "Hello, y'all! How are you 😁 ?",
        "The quick brown fox jumps over the lazy dog. It's 12:30 o'clock; they'll've WE'RE I'M don't DON'T",
        "  leading and trailing   spaces  ",
        "Il était une fois une forêt où l'on disait « aujourd'hui » ; cœur, naïveté, Noël.",
        "Über große Straßen ſpazieren süße Füße — ẞ ß SS ss ﬁ ﬂ ﬆ",
        "Привет, как дела? Ёлка, щи и съезд №5.",
        "Γειά σου Κόσμε, ΣΊΣΥΦΟΣ ς ΐ ΰ Ά ἀρχή",
        "שלום עולם, מה שלומך? נִקּוּד",
        "مرحبا بالعالم، كيف حالك؟ ١٢٣ مُحَمَّد",
        "नमस्ते दुनिया, क्षत्रिय ज्ञान श्री १२३",
        "হ্যালো বিশ্ব: কেমন আছো? ০১২",
        "வணக்கம் உலகம் ௧௨௩ ஸ்ரீ",
        "สวัสดีชาวโลก ๑๒๓ น้ำ กำ",
        "你好，世界！今天天气怎么样？𠀀𪚥㐀 豈",
        "こんにちは世界。ｶﾞｷﾞｸﾞ がぎぐ カタカナ ー 々",
        "안녕하세요 세계 각 한글",
        "Xin chào thế giới, Việt Nam ở Đông Nam Á; ệ ế ộ",
        "გამარჯობა მსოფლიო ᲒᲐᲛᲐ",
        "Բարեւ աշխարհ և ԵՒ",
        "ሰላም ልዑል ፩፪፫",
        "ສະບາຍດີ ກຳ ບໍ່ ມື້ນີ້",
        "မင်္ဂလာပါ ကမ္ဘာ ၁၂၃",
        "ជំរាបសួរ ពិភពលោក ១២៣",
        "བཀྲ་ཤིས་བདེ་ལེགས། ཀྵ",
        "ᎣᏏᏲ ꭰꭱ ᐊᐃᐅ ⴰⵣⵓⵍ",
        "İstanbul ıssız IŞIK iğne Dž ǆ ŉ",
        "def f(x):\n    return {k: v**2 for k, v in x.items() if v >= 1e-3}  # comment\n\n\tprint(f\"{x!r}\")",
        "for (int i = 0; i < n; i++) { a[i] += b[i] << 2; } // done\r\n/* x */ #include <stdio.h>",
        "SELECT * FROM t WHERE a='b' AND c<>\"d\"; -- x\n\n\n   \n",
        "https://example.com/a/b?c=d&e=%20f#g user@example.org +1 (555) 010-9999 $1,234.56 10⁻³ ½ Ⅳ ② ٣",
        "👨‍👩‍👧‍👦 👩🏽‍🚀 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇫🇷🇩🇪🇫 ❤️ ☺️ 1️⃣ #️⃣ ©️ ©\u200D® 🤷🏾‍♂️",
        "e\u0301\u0323 a\u0323\u0301 q\u0307\u0323 \u0301start o\u0308\u0304 \u1E9B\u0323 A\u030A\u0301 ﾊﾟ か\u3099 각",
        "ℌ ℍ ﬃ ｆｕｌｌ ＷＩＤＴＨ ㍿ ㎏ ™ ² ª … ‥ ﷺ ǅ K Å Ω",
        "zero\u200Bwidth\u200Cnon\u200Djoin\u2060er soft\u00ADhyphen \u061C\u202Ebidi\u202C",
        "tab\there\vvt\fff\u0085nel\u2028ls\u2029ps\u001Cfs\u001Fus",
        "\u0001\u0002\u0007\u001B[31m\u007F\u0080\u009F\uFFFD\uFFFE\uFFFF\uE000\uF8FF\U000F0000\U0010FFFF",
        "<s> </s> <unk> <pad> [CLS] [SEP] [MASK] [UNK] <|endoftext|> <|im_start|> <mask>",
        "▁ ▁▁ a▁b ▁a Ġ Ċ ĠĠa <0x41> <0xE2><0x96><0x81> ##ing ##",
        "aaa bbb   ccc\n\nddd\n \neee \n\n fff\t\tggg",
        "1234567890 12 345 6789.0123 1,000,000 0x1F 1e10 ١٢٣٤ १२३४५ ४५६",
        "camelCase PascalCase snake_case SCREAMING_SNAKE kebab-case HTTPServer iPhone15Pro",
        "!!! ??? ... ,,, --- ___ ''' \"\"\" ((( ))) [[[ ]]] {{{ }}} *** /// \\\\\\ ||| ~~~ ``` ^^^ %%% $$$ ### @@@ &&& +++ === <<< >>>",
        "“quoted” ‘single’ «guillemets» „low“ ‚x‘ – — ― • · … ¡hola! ¿qué?",
        "ʼn 'ſ 'S 'Re 'LL it's IT'S ſ K",
    ];

    private static readonly string[] Odd =
    [
        "\uD800", "a\uDC00b", "\uD83D x \uDE00", "\uD83D\uD83D\uDE00", "x\uDBFF", "\uDFFF\uDFFFy",
        "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030C\u030D\u030E\u030F\u0310\u0311\u0312\u0313\u0314\u0315\u0316\u0317\u0318\u0319\u031A\u031B\u031C\u031D\u031E\u031F\u0320\u0321\u0322\u0323\u0324\u0325\u0326\u0327",
        "\u0327\u0301\u0323", "\u1100\u1161\u11A8 \uAC00\u11A8 \u1100\u1100\u1161", "\u0600a \u06DD1 \u08E2x", "क्‍ष क्\u200Dत ক্\u200Dত",
        "\r\r\n\n\r", "\u2581\u2581hello\u2581", "a\u00A0\u2003b\u205Fc\u3000d", "İİ i̇ ẞẞ", "ﬀﬁﬂﬃﬄﬅﬆ", "\uFDFA\uFDFB", "\U0001D400\U0001D7FF\U0001F1E6\U0001F1E7\U0001F1E8",
        "\u0344 \u0958 \u0F43 \u2ADC \uFB1D \U0001D15E \u2126 \u212A \u212B", "\u0CC6\u0CC2\u0CD5 \u0DD9\u0DCF\u0DCA \u09C7\u09BE", "\U00011099\U000110BA \U0001112E",
    ];
}
