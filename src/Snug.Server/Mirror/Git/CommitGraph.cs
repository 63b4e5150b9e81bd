using System.Collections.Frozen;
using Snug.Hub;

namespace Snug.Server;

/// <summary>The commits and references of a repository, complete and unchanging.</summary>
internal sealed class CommitGraph
{
    private const int ShortestAbbreviation = 7;

    private readonly FrozenDictionary<string, HostedCommit> _commits;
    private readonly FrozenDictionary<string, HostedCommit> _names;

    private CommitGraph(Dictionary<string, HostedCommit> commits, Dictionary<string, HostedCommit> references)
    {
        _commits = commits.ToFrozenDictionary(StringComparer.Ordinal);
        References = [.. references.Select(pair => new HostedReference(pair.Key, pair.Value.Id))];

        // Short names go in first-wins order: a branch before a tag of the same name.
        Dictionary<string, HostedCommit> names = new(references, StringComparer.Ordinal);
        foreach (string kind in (ReadOnlySpan<string>)["refs/heads/", "refs/tags/"])
        {
            foreach ((string name, HostedCommit commit) in references)
            {
                if (name.StartsWith(kind, StringComparison.Ordinal))
                {
                    names.TryAdd(name[kind.Length..], commit);
                }
            }
        }

        if (references.GetValueOrDefault("refs/heads/" + Revisions.Default) is { } head)
        {
            names.TryAdd("HEAD", head);
        }

        _names = names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyList<HostedReference> References { get; }

    public HostedCommit? Resolve(string revision)
    {
        if (_names.TryGetValue(revision, out HostedCommit? commit) || _commits.TryGetValue(revision, out commit))
        {
            return commit;
        }

        if (revision.Length is < ShortestAbbreviation or >= Hashes.GitBlobLength || revision.AsSpan().ContainsAnyExcept(Hashes.HexDigits))
        {
            return null;
        }

        foreach ((string id, HostedCommit candidate) in _commits)
        {
            if (id.StartsWith(revision, StringComparison.Ordinal))
            {
                if (commit is not null)
                {
                    return null;
                }

                commit = candidate;
            }
        }

        return commit;
    }

    /// <summary>Makes the commits in order, each on top of the last one of its branch, or of the default branch when its own is new.</summary>
    public static async Task<CommitGraph> BuildAsync(
        IReadOnlyList<PlannedCommit> plan, Func<PlannedFile, CancellationToken, Task<ContentHashes>> hash, CancellationToken cancellationToken)
    {
        Dictionary<string, HostedCommit> commits = new(StringComparer.Ordinal);
        Dictionary<string, HostedCommit> references = new(StringComparer.Ordinal);
        foreach (PlannedCommit planned in plan)
        {
            List<HostedFile> files = new(planned.Files.Count);
            foreach (PlannedFile file in planned.Files)
            {
                ContentHashes hashes = await hash(file, cancellationToken).ConfigureAwait(false);
                files.Add(new HostedFile(file.Path, file.Content, hashes.BlobId, hashes.Sha256));
            }

            string branch = planned.Branch.StartsWith("refs/", StringComparison.Ordinal) ? planned.Branch : "refs/heads/" + planned.Branch;
            HostedCommit? parent = references.GetValueOrDefault(branch) ?? references.GetValueOrDefault("refs/heads/" + Revisions.Default);
            HostedCommit commit = Commit(planned, HostedTree.Create(files), parent);
            commits.TryAdd(commit.Id, commit);
            references[branch] = commit;
            foreach (string tag in planned.Tags)
            {
                references["refs/tags/" + tag] = commit;
            }
        }

        return new CommitGraph(commits, references);
    }

    private static HostedCommit Commit(PlannedCommit planned, HostedTree tree, HostedCommit? parent)
    {
        string message = planned.Message.Length == 0 ? planned.Title : $"{planned.Title}\n\n{planned.Message}";
        string id = GitObjects.CommitId(tree.Id, parent?.Id, Identity(planned.Author), planned.Date, message);
        HostedCommit commit = new(id, tree, planned.Title, planned.Author, planned.Date) { Message = planned.Message, Parent = parent };
        foreach (HostedEntry entry in tree.Entries)
        {
            HostedEntry? before = parent?.Tree.Find(entry.Path);
            entry.LastCommit = before?.ObjectId == entry.ObjectId ? before.LastCommit : commit;
        }

        return commit;
    }

    private static string Identity(string author) => $"{author} <{author}@users.noreply>";
}
