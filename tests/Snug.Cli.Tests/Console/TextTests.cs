namespace Snug.Cli.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(12_345, "12.3 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.00 MB")]
    [InlineData(1_076_640, "1.08 MB")]
    [InlineData(long.MaxValue, "9223 PB")]
    public void Sizes_have_three_digits_and_decimal_units(long bytes, string text) => Assert.Equal(text, Text.Size(bytes));

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(12.4, "12 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7500, "2 h 5 min")]
    [InlineData(90_000, "1 day")]
    public void Durations_have_two_units_at_most(double seconds, string text) => Assert.Equal(text, Text.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("plain/path.bin", "plain/path.bin")]
    [InlineData("a\u001b[2Jb\tc\nd\u0085", "a?[2Jb?c?d?")]
    public void What_a_terminal_would_obey_is_taken_out_of_names(string name, string shown) => Assert.Equal(shown, Text.Printable(name));

    [Fact]
    public void Long_paths_are_cut_in_the_middle()
    {
        string cut = Text.Shorten("some/very/long/folder/model-00001-of-00030.safetensors", 30);

        Assert.Equal(30, cut.Length);
        Assert.StartsWith("some/very", cut, StringComparison.Ordinal);
        Assert.EndsWith("00030.safetensors", cut, StringComparison.Ordinal);
    }

    [Fact]
    public void Percent_is_100_only_when_all_is_done()
    {
        Assert.Equal(99, ProgressText.Percent(999_999, 1_000_000));
        Assert.Equal(100, ProgressText.Percent(1_000_000, 1_000_000));
        Assert.Equal(100, ProgressText.Percent(0, 0));
    }
}
