using Snug.Hub;
using Snug.Server;
using Xunit;

namespace Snug.TestKit;

/// <summary>A cache folder of its own, and what must be true of it at every moment, whatever died when.</summary>
public sealed class TemporaryCache : TemporaryFolder
{
    private const string PartialSuffix = ".incomplete";

    /// <summary>Makes an empty cache.</summary>
    /// <param name="parent">Where; the system's temporary folder when missing.</param>
    public TemporaryCache(string? parent = null)
        : base(parent)
    {
    }

    /// <summary>The folder of a repository.</summary>
    public string RepositoryFolder(RepositoryId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Path.Join(Root, $"{id.TypePlural}--{id.FullName.Replace("/", "--", StringComparison.Ordinal)}");
    }

    /// <summary>The snapshot folder of a commit.</summary>
    public string SnapshotFolder(RepositoryId id, string commit) => Path.Join(RepositoryFolder(id), "snapshots", commit);

    /// <summary>The partial files that interrupted downloads left.</summary>
    public string[] PartialFiles() => Directory.Exists(Root)
        ? Directory.GetFiles(Root, "*" + PartialSuffix, SearchOption.AllDirectories)
        : [];

    /// <summary>
    /// Fails unless every blob is what its name says, every entry of a snapshot leads to a blob of the same repository, and no
    /// unfinished file stands below <c>snapshots</c>.
    /// </summary>
    public void AssertWhole()
    {
        List<string> damage = FindDamage();
        Assert.True(damage.Count == 0, string.Join('\n', damage));
    }

    /// <summary>Fails unless the cache is whole and the snapshot of a commit has all its files, or those selected, with the right content.</summary>
    public void AssertSnapshot(RepositoryId id, HostedCommit commit, Func<string, bool>? selected = null)
    {
        ArgumentNullException.ThrowIfNull(commit);
        List<string> damage = FindDamage();
        foreach (HostedFile file in commit.Tree.Entries.Select(entry => entry.File).OfType<HostedFile>().Where(file => selected?.Invoke(file.Path) ?? true))
        {
            string path = Path.Join(SnapshotFolder(id, commit.Id), file.Path);
            FileInfo target = new(path);
            if (!target.Exists)
            {
                damage.Add($"{file.Path} is missing in the snapshot.");
                continue;
            }

            string expected = file.ETag.Trim('"');
            string real = target.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            if (BlobHash.Of(real, expected.Length) != expected)
            {
                damage.Add($"{file.Path} has other content than the repository.");
            }
        }

        Assert.True(damage.Count == 0, string.Join('\n', damage));
    }

    /// <summary>What <see cref="AssertWhole"/> would complain of.</summary>
    public List<string> FindDamage()
    {
        List<string> damage = [];
        foreach (string repository in Directory.Exists(Root) ? Directory.GetDirectories(Root, "*--*") : [])
        {
            CheckBlobs(Path.Join(repository, "blobs"), damage);
            CheckSnapshots(repository, damage);
        }

        return damage;
    }

    private static void CheckBlobs(string folder, List<string> damage)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string blob in Directory.GetFiles(folder))
        {
            string name = Path.GetFileName(blob);
            if (name.Contains(PartialSuffix, StringComparison.Ordinal))
            {
                continue;
            }

            if (!BlobHash.IsHash(name))
            {
                damage.Add($"{blob}: not the name of a blob.");
            }
            else if (BlobHash.Of(blob, name.Length) is { } actual && actual != name)
            {
                damage.Add($"{blob}: {new FileInfo(blob).Length} bytes with the hash {actual}.");
            }
        }
    }

    private static void CheckSnapshots(string repository, List<string> damage)
    {
        string snapshots = Path.Join(repository, "snapshots");
        if (!Directory.Exists(snapshots))
        {
            return;
        }

        string blobs = Path.GetFullPath(Path.Join(repository, "blobs"));
        foreach (string entry in Directory.GetFiles(snapshots, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            string name = Path.GetFileName(entry);
            if (name.EndsWith(PartialSuffix, StringComparison.Ordinal) || name.EndsWith(".journal", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal))
            {
                damage.Add($"{entry}: an unfinished file in a snapshot.");
                continue;
            }

            if (new FileInfo(entry).LinkTarget is not { } target)
            {
                // A copy, where links are not to be had: some blob has its content.
                continue;
            }

            string blob = Path.GetFullPath(Path.Join(Path.GetDirectoryName(entry), target));
            if (Path.IsPathRooted(target) || Path.GetDirectoryName(blob) != blobs || !File.Exists(blob))
            {
                damage.Add($"{entry}: leads to '{target}', which is no blob of the repository.");
            }
        }
    }
}
