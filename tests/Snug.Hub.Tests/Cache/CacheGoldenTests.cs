using System.Globalization;

namespace Snug.Hub.Tests;

/// <summary>
/// Listings of caches that the Python client wrote, with what its own scan says of them: ours says the same. Only names, link
/// targets and sizes are recorded; contents are stood in for by zeros.
/// </summary>
public sealed class CacheGoldenTests : IDisposable
{
    private static readonly string Folder = Path.Join(
        typeof(CacheGoldenTests).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value,
        "tests", "Snug.Hub.Tests", "Cache", "Golden");

    private readonly CacheFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("python-links")]
    [InlineData("python-copies")]
    [InlineData("python-shared-blobs")]
    public void A_cache_of_the_python_client_is_read_as_the_client_reads_it(string name)
    {
        List<string> expected = [];
        foreach (string[] fields in File.ReadLines(Path.Join(Folder, name + ".txt")).Where(l => !l.StartsWith('#')).Select(l => l.Split('\t')))
        {
            if (fields[0] is "total" or "repository" or "revision")
            {
                expected.Add(string.Join('\t', fields));
            }
            else
            {
                Make(fields);
            }
        }

        CacheScan scan = _cache.Scan();

        Assert.Empty(scan.Problems);
        Assert.Equal(expected, Describe(scan));
        Assert.Equal(scan.SizeInBytes, scan.TotalBytes);
    }

    [Theory]
    [InlineData("python-links")]
    [InlineData("python-copies")]
    [InlineData("python-shared-blobs")]
    public async Task A_cache_of_the_python_client_can_be_cleared_to_the_last_byte(string name)
    {
        foreach (string line in File.ReadLines(Path.Join(Folder, name + ".txt")).Where(l => !l.StartsWith('#')))
        {
            Make(line.Split('\t'));
        }

        HubCache cache = _cache.Open();
        CacheRemovalPlan plan = cache.PlanClear(TestContext.Current.CancellationToken);
        CacheRemovalResult result = await cache.ExecuteAsync(plan, TestContext.Current.CancellationToken);

        Assert.Empty(result.Problems);
        Assert.Equal(0, _cache.Scan().TotalBytes);
        Assert.All(_cache.Paths(), p => Assert.Matches(@"^(CACHEDIR\.TAG|\.locks.*|blobs(/..)?(/[^/]*\.lock)?|blobs/\.huggingface-shared-blobs)$", p));
    }

    private static IEnumerable<string> Describe(CacheScan scan)
    {
        yield return $"total\t{scan.SizeInBytes}";
        foreach (CachedRepository repository in scan.Repositories)
        {
            yield return $"repository\t{repository.Id}\t{repository.SizeInBytes}\t{repository.ContentCount}";
            foreach (CachedRevision revision in repository.Revisions)
            {
                yield return $"revision\t{revision.Commit}\t{revision.SizeInBytes}\t{revision.Files.Count}\t{string.Join(',', revision.Refs)}";
            }
        }
    }

    private void Make(string[] fields)
    {
        string path = fields.Length > 1 ? Path.Join(_cache.Root, fields[1]) : "";
        switch (fields[0])
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "link":
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.CreateSymbolicLink(path, fields[2]);
                break;
            case "text":
                // Refs hold no line end; the marker and the lists of the shared store end with one.
                string text = fields[2].Replace('|', '\n') + (fields[1].StartsWith("blobs/", StringComparison.Ordinal) ? "\n" : "");
                CacheFolder.Write(path, System.Text.Encoding.ASCII.GetBytes(text));
                break;
            case "file":
                CacheFolder.Write(path, new byte[int.Parse(fields[2], CultureInfo.InvariantCulture)]);
                break;
            default:
                // What the client's scan says.
                break;
        }
    }
}
