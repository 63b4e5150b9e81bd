namespace Snug.Inference.Tests;

public sealed class StopStringScannerTests
{
    [Fact]
    public void Text_before_a_stop_string_is_shown_and_nothing_of_it()
    {
        StopStringScanner scanner = new(["<end>", "STOP"]);

        Assert.Equal(["Hello ", "", "<en world", "", "", ""], ((string[])["Hello <", "en", " world<e", "nd>more", "more", "STOP"]).Select(piece => scanner.Push(piece)));
        Assert.Equal("<end>", scanner.Found);
        Assert.Equal("", scanner.Flush());
    }

    [Fact]
    public void The_earliest_of_several_is_found()
    {
        StopStringScanner scanner = new(["world", "lo"]);

        Assert.Equal("Hel", scanner.Push("Hello world"));
        Assert.Equal("lo", scanner.Found);
    }

    [Fact]
    public void Text_that_only_began_like_a_stop_string_comes_at_the_end()
    {
        StopStringScanner scanner = new(["\n\nUser:"]);

        Assert.Equal("text", scanner.Push("text\n\nUs"));
        Assert.Equal("\n\nUs", scanner.Flush());
        Assert.Null(scanner.Found);
    }

    [Fact]
    public void Text_in_any_pieces_gives_the_same()
    {
        const string Text = "aabaabaaab and aab again aabaabX";
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            StopStringScanner scanner = new(["aabaabX", "baaac"]);
            string shown = "";
            for (int at = 0; at < Text.Length;)
            {
                int length = Math.Min(random.Next(1, 6), Text.Length - at);
                shown += scanner.Push(Text.AsSpan(at, length));
                at += length;
            }

            Assert.Equal("aabaabaaab and aab again ", shown);
            Assert.Equal("aabaabX", scanner.Found);
        }
    }

    [Fact]
    public void An_empty_stop_string_is_refused() => Assert.Throws<ArgumentException>(() => new StopStringScanner([""]));
}
