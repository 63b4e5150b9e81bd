using Snug.Tokenizers.Conformance;

namespace Snug.Tokenizers.Tests;

/// <summary>Post-processors, truncation, padding, pairs and words, compared with the reference engine.</summary>
public sealed class PostProcessingTests(EngineFixture engines)
{
    private const string Model = """{"type":"BPE","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"b":4,"c":5,"ab":6,"abc":7,"Ġ":8,"Ġa":9,"é":10,"d":11,"Ġab":12,"▁":13,"　":14},"merges":["a b","ab c","Ġ a","Ġ ab"],"unk_token":"[UNK]"}""";

    private const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""";

    public static TheoryData<string> Processors() =>
    [
        "null",
        """{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]}""",
        """{"type":"RobertaProcessing","sep":["[SEP]",2],"cls":["[CLS]",1],"trim_offsets":true,"add_prefix_space":true}""",
        """{"sep":["[SEP]",2],"cls":["[CLS]",1],"trim_offsets":true,"add_prefix_space":false}""",
        """{"type":"RobertaProcessing","sep":["[SEP]",2],"cls":["[CLS]",1],"trim_offsets":false,"add_prefix_space":false}""",
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""",
        """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""",
        """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}""",
        """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[2],"tokens":["[SEP]"]}}}""",
        """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":3}},{"SpecialToken":{"id":"X","type_id":5}},{"Sequence":{"id":"A","type_id":4}}],"pair":[{"Sequence":{"id":"B","type_id":2}},{"SpecialToken":{"id":"X","type_id":1}},{"Sequence":{"id":"A","type_id":7}}],"special_tokens":{"X":{"id":"X","ids":[1,2],"tokens":["[CLS]","[SEP]"]}}}""",
        """{"type":"Sequence","processors":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"X","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"SpecialToken":{"id":"X","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"X","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"X":{"id":"X","ids":[1],"tokens":["[CLS]"]}}}]}""",
        """{"type":"Sequence","processors":[{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"X","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"X":{"id":"X","ids":[1],"tokens":["[CLS]"]}}},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}""",
        """{"type":"Sequence","processors":[]}""",
    ];

    [Theory]
    [MemberData(nameof(Processors))]
    public async Task A_post_processor_gives_what_the_reference_gives(string processor)
    {
        using ReferenceEngine engine = engines.Start();
        foreach ((string truncation, string padding) in Settings())
        {
            foreach (string preTokenizer in (string[])[ByteLevel, """{"type":"WhitespaceSplit"}""", "null"])
            {
                await CompareAsync(engine, ComponentTests.Json(Model, preTokenizer: preTokenizer, postProcessor: processor, truncation: truncation, padding: padding));
            }
        }
    }

    private static IEnumerable<(string Truncation, string Padding)> Settings()
    {
        yield return ("null", "null");
        yield return ("null", """{"strategy":{"Fixed":9},"direction":"Right","pad_to_multiple_of":null,"pad_id":2,"pad_type_id":3,"pad_token":"<p>"}""");
        yield return ("null", """{"strategy":"BatchLongest","direction":"Left","pad_to_multiple_of":4,"pad_id":2,"pad_type_id":3,"pad_token":"<p>"}""");
        // Where the stride is not less than what is left of a text, the reference ends the process: only the longest-first strategy gets one here.
        foreach (string strategy in (string[])["LongestFirst", "OnlyFirst", "OnlySecond"])
        {
            foreach (string direction in (string[])["Right", "Left"])
            {
                foreach ((int length, int stride) in ((int, int)[])[(5, 0), (9, 0), (12, strategy == "LongestFirst" ? 1 : 0)])
                {
                    yield return ($$"""{"direction":"{{direction}}","max_length":{{length}},"strategy":"{{strategy}}","stride":{{stride}}}""",
                        length == 9 ? """{"strategy":{"Fixed":10},"direction":"Left","pad_to_multiple_of":8,"pad_id":2,"pad_type_id":3,"pad_token":"<p>"}""" : "null");
                }
            }
        }
    }

    private static async Task CompareAsync(ReferenceEngine engine, string json)
    {
        (await engine.LoadJsonAsync(json)).Dispose();
        Tokenizer tokenizer = Tokenizer.FromBytes(System.Text.Encoding.UTF8.GetBytes(json));
        string[] singles = ["", "a", "ab", " ab", "abc abc", "  a  b ", "a b c d a b c d", "é ab\u3000", "xyz abc", "ab ab ab ab ab ab ab ab ab ab ab ab ab ab", " a b é c"];
        string[] parts = ["", "ab", "abc abc", "  a  b ", "a b c d a b c d", "é ab\u3000", "xyz abc"];
        List<(string, string?)> texts = [.. singles.Select(text => (text, (string?)null)), .. parts.SelectMany(first => parts.Select(second => (first, (string?)second)))];
        foreach (bool special in (bool[])[true, false])
        {
            List<ReferenceEncoding> theirs = await engine.EncodeAsync(texts, special);
            for (int i = 0; i < texts.Count; i++)
            {
                (string text, string? pair) = texts[i];
                AssertSame(() => tokenizer.Encode(text, pair, special), theirs[i], $"{json}\n{text} + {pair} special {special}");
            }

            List<(string[], string[]?)> words = [([], null), (["ab"], null), (["a b", "", "abc", " a"], null), (["a", "b"], ["c", "ab ab", "é"]), (["ab", "ab", "ab", "ab", "ab", "ab"], ["a"])];
            theirs = await engine.EncodeWordsAsync(words, special);
            for (int i = 0; i < words.Count; i++)
            {
                (string[] first, string[]? second) = words[i];
                AssertSame(() => tokenizer.EncodeWords(first, second, special), theirs[i], $"{json}\nwords {string.Join('|', first)} special {special}");
            }
        }
    }

    private static void AssertSame(Func<Encoding> encode, ReferenceEncoding theirs, string what)
    {
        Encoding ours;
        try
        {
            ours = encode();
        }
        catch (TokenizerException exception)
        {
            Assert.True(theirs.Error is not null, $"{what}: we fail: {exception.Message}");
            return;
        }

        // Where the reference stops with a panic, there is nothing to compare.
        if (theirs.Error is null)
        {
            string? difference = Comparison.Difference(ours, theirs);
            Assert.True(difference is null, $"{what}: {difference}");
        }
    }
}
