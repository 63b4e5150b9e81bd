namespace Snug.Server.Tests;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 10, "Partial", 0, 1)]
    [InlineData("bytes=0-9", 10, "Partial", 0, 10)]
    [InlineData("bytes=0-99", 10, "Partial", 0, 10)]
    [InlineData("bytes=9-", 10, "Partial", 9, 1)]
    [InlineData("bytes=0-", 10, "Partial", 0, 10)]
    [InlineData("bytes=-3", 10, "Partial", 7, 3)]
    [InlineData("bytes=-30", 10, "Partial", 0, 10)]
    [InlineData("BYTES=1-2", 10, "Partial", 1, 2)]
    [InlineData("bytes=10-", 10, "Unsatisfiable", 0, 0)]
    [InlineData("bytes=10-20", 10, "Unsatisfiable", 0, 0)]
    [InlineData("bytes=-0", 10, "Unsatisfiable", 0, 0)]
    [InlineData("bytes=0-0", 0, "Unsatisfiable", 0, 0)]
    [InlineData("bytes=-1", 0, "Unsatisfiable", 0, 0)]
    [InlineData("bytes=99999999999999999999-", 10, "Unsatisfiable", 0, 0)]
    [InlineData("bytes=0-99999999999999999999", 10, "Partial", 0, 10)]
    [InlineData("bytes=5-4", 10, "Whole", 0, 0)]
    [InlineData("bytes=-", 10, "Whole", 0, 0)]
    [InlineData("bytes=", 10, "Whole", 0, 0)]
    [InlineData("bytes=a-b", 10, "Whole", 0, 0)]
    [InlineData("bytes=+1-2", 10, "Whole", 0, 0)]
    [InlineData("bytes=0-1,3-4", 10, "Whole", 0, 0)]
    [InlineData("lines=0-1", 10, "Whole", 0, 0)]
    [InlineData("", 10, "Whole", 0, 0)]
    public void A_range_header_is_read(string header, long size, string result, long offset, long length)
    {
        RangeResult actual = ByteRange.Parse(header, size, out ByteRange range);
        Assert.Equal(result, actual.ToString());
        if (actual == RangeResult.Partial)
        {
            Assert.Equal(new ByteRange(offset, length), range);
        }
    }
}
