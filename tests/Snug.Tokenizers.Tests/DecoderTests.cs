using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Decoders, compared with the reference engine.</summary>
public sealed class DecoderTests(EngineFixture engines)
{
    private static readonly string[] Tokens =
    [
        "a", "b", "▁a", "▁", "▁▁b", "##c", "##", "Ġa", "Ġ", "Ċ", "ÃĤ", "Ã", "©", "ðŁ", "ĺĢ", "é", "漢", "<0x41>", "<0xC3>", "<0xA9>", "<0xFF>", "<0x0g>", "a</w>", "</w>", "b</w>c", "|", "<pad>", "<unk>",
        ".", "?", "!", ",", "'", "n't", "'m", "'s", "'ve", "'re", "do", "not", " do not", " ", "  ", "x.", " .", "𝒳", "<0xE6>", "<0xBC>", "<0xA2>", "<0x+1>",
    ];

    public static TheoryData<string> Decoders() =>
    [
        "null",
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""",
        """{"type":"WordPiece","prefix":"##","cleanup":true}""", """{"type":"WordPiece","prefix":"##","cleanup":false}""", """{"prefix":"","cleanup":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}""", """{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""",
        """{"type":"BPEDecoder","suffix":"</w>"}""", """{"suffix":"a"}""",
        """{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}""", """{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":false}""",
        """{"type":"ByteFallback"}""", """{"type":"Fuse"}""",
        """{"type":"Replace","pattern":{"String":"▁"},"content":" "}""", """{"type":"Replace","pattern":{"Regex":"[a-c]|é"},"content":"<>"}""", """{"type":"Replace","pattern":{"String":""},"content":"-"}""",
        """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""",
        """{"type":"Sequence","decoders":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true},{"type":"CTC","pad_token":"a","word_delimiter_token":"|","cleanup":true}]}""",
        """{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"a","start":2,"stop":0}]}""",
        """{"type":"Sequence","decoders":[]}""",
    ];

    [Theory]
    [MemberData(nameof(Decoders))]
    public async Task A_decoder_gives_what_the_reference_gives(string decoder)
    {
        string json = Json(decoder);
        using ReferenceEngine engine = engines.Start();
        (await engine.LoadJsonAsync(json)).Dispose();
        Tokenizer tokenizer = Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(json));
        foreach (bool skip in (bool[])[true, false])
        {
            List<int[]> lists = Lists();
            List<string?> theirs = await engine.DecodeAsync(lists, skip);
            for (int i = 0; i < lists.Count; i++)
            {
                if (theirs[i] is not null)
                {
                    Assert.Equal(theirs[i], tokenizer.Decode(lists[i], skip));
                }
            }

            Assert.Equal(lists.Select(list => tokenizer.Decode(list, skip)), tokenizer.DecodeBatch(lists, skip));
        }
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama2")]
    [InlineData("gemma3")]
    [InlineData("qwen3")]
    public void A_stream_of_tokens_gives_the_text_in_whole_characters(string name)
    {
        Tokenizer tokenizer = Tokenizer.FromFile(TokenizerCatalog.All(engines.Folder).Single(entry => entry.Name == name).File);
        foreach (string text in ComponentTests.Texts(100))
        {
            int[] ids = tokenizer.EncodeToIds(text, addSpecialTokens: false);
            DecodeStream stream = tokenizer.CreateDecodeStream();
            List<string> pieces = [];
            foreach (int id in ids)
            {
                if (stream.Step(id) is { } piece)
                {
                    Assert.NotEmpty(piece);
                    Assert.False(piece.EndsWith('\uFFFD'), "An unfinished character came out.");
                    pieces.Add(piece);
                }
            }

            string whole = tokenizer.Decode(ids);
            Assert.StartsWith(string.Concat(pieces), whole, StringComparison.Ordinal);
            if (!whole.Contains('\uFFFD'))
            {
                Assert.Equal(whole, string.Concat(pieces));
            }
        }
    }

    private static List<int[]> Lists()
    {
        Random random = new(11);
        return [[], .. Enumerable.Range(0, Tokens.Length).Select(id => (int[])[id]), .. Enumerable.Range(0, 800).Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(Tokens.Length + 3)).ToArray())];
    }

    private static string Json(string decoder)
    {
        string vocabulary = string.Join(',', Tokens.Select((token, id) => $"{ReferenceEngine.Quote(token)}:{id}"));
        string added = """{"id":26,"content":"<pad>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{"id":100,"content":"É é","single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":true}""";
        return ComponentTests.Json($$$"""{"type":"WordLevel","unk_token":"<unk>","vocab":{{{{vocabulary}}}}}""", normalizer: """{"type":"Lowercase"}""", decoder: decoder, added: added);
    }
}
