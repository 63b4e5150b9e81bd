namespace Snug.Hub.Tests;

/// <summary>Fills a cache with repositories that share contents in every way the layout knows.</summary>
internal static class RandomCache
{
    public static readonly string[] Repositories = ["org/a", "org/b", "gpt2", "datasets/org/d", "spaces/org/s"];

    public static void Fill(CacheFolder cache, int seed)
    {
        Random random = new(seed);
        foreach (string name in Repositories)
        {
            RepositoryId id = name;
            string[] commits = [.. Enumerable.Range(1, 4).Select(i => new string((char)('a' + i), 40)[..39] + random.Next(10))];
            foreach (string commit in commits)
            {
                int files = random.Next(1, 12);
                for (int i = 0; i < files; i++)
                {
                    AddFile(cache, id, commit, random, i);
                }

                if (random.Next(2) == 0)
                {
                    cache.AddRef(id, random.Next(2) == 0 ? $"branch-{commit[0]}" : $"refs/pr/{commit[^1]}{commit[0]}", commit);
                }
            }

            for (int i = random.Next(3); i > 0; i--)
            {
                cache.AddBlob(id, CacheFolder.Content($"orphan-{name}-{i}", random.Next(50)), random.Next(2) == 0);
                string partial = Path.Join(cache.Layout.Blobs(id), $"{CacheFolder.Sha256([(byte)i])}.0000000{i}.incomplete");
                CacheFolder.Write(partial, new byte[random.Next(90)]);
                File.SetLastWriteTimeUtc(partial, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }
        }
    }

    private static void AddFile(CacheFolder cache, RepositoryId id, string commit, Random random, int i)
    {
        string path = (random.Next(3) == 0 ? "deep/er/" : "") + $"file-{i}.bin";
        int pick = random.Next(8);
        switch (random.Next(4))
        {
            case 0:
                cache.AddCopy(id, commit, path, CacheFolder.Content($"copy-{pick}", 40 + pick));
                break;
            case 1:
                cache.AddSharedFile(id, commit, path, CacheFolder.Content($"shared-{pick}", 1000 + pick));
                break;
            default:
                cache.AddFile(id, commit, path, CacheFolder.Content($"blob-{pick}", 100 + pick), pick % 2 == 0);
                break;
        }
    }
}
