using System.Security.Cryptography;
using System.Text;
using Snug.Hub;

namespace Snug.Server;

/// <summary>What a repository's folder looks like now: the commits to be made of it, and a fingerprint that changes when they would.</summary>
internal sealed record FolderScan(IReadOnlyList<PlannedCommit> Plan, string Fingerprint)
{
    public const string SettingsFileName = "repository.json";

    /// <summary>The author of commits that do not name one.</summary>
    private const string DefaultAuthor = "snug";

    /// <summary>The date of commits that do not name one: a constant, so that ids depend on content only.</summary>
    private static readonly DateTimeOffset DefaultDate = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Folders that tools leave behind and that no repository on the Hub has.
    private static readonly string[] SkippedFolders = [".git", ".cache"];

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public static FolderScan Of(string folder, string root, FolderSettings settings)
    {
        LfsRule rule = new(settings.LfsThreshold, settings.Lfs);
        using IncrementalHash fingerprint = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<PlannedCommit> plan = [];
        if (settings.Revisions.Count == 0)
        {
            plan.Add(new PlannedCommit("Add files", string.Empty, DefaultAuthor, DefaultDate, List(folder, root, rule, fingerprint)));
        }

        foreach (FolderRevision revision in settings.Revisions)
        {
            string path = Path.GetFullPath(Path.Combine(folder, revision.Folder));
            if (!IsInside(path, folder) || !Directory.Exists(path))
            {
                throw new InvalidDataException($"The folder '{revision.Folder}' of a revision is not there.");
            }

            foreach (string name in revision.Tags.Prepend(revision.Branch))
            {
                if (Revisions.FindProblem(name) is { } problem)
                {
                    throw new InvalidDataException($"'{name}' cannot name a branch or a tag: {problem}.");
                }
            }

            plan.Add(new PlannedCommit(
                OneLine(revision.Title ?? "Add files"),
                revision.Message,
                OneLine(revision.Author ?? DefaultAuthor),
                (revision.Date ?? DefaultDate).ToUniversalTime(),
                List(path, root, rule, fingerprint)) { Branch = revision.Branch, Tags = revision.Tags });
        }

        return new FolderScan(plan, Convert.ToHexString(fingerprint.GetHashAndReset()));
    }

    private static List<PlannedFile> List(string folder, string root, LfsRule rule, IncrementalHash fingerprint)
    {
        List<PlannedFile> files = [];
        Add(new DirectoryInfo(folder), string.Empty);
        return files;

        void Add(DirectoryInfo directory, string prefix)
        {
            foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos("*", Everything))
            {
                string path = prefix + entry.Name;
                if (prefix.Length == 0 && (entry.Name == SettingsFileName || SkippedFolders.Contains(entry.Name, StringComparer.Ordinal)))
                {
                    continue;
                }

                // Names that no client could ask for or store.
                if (RepositoryPath.FindProblem(path) is not null)
                {
                    continue;
                }

                if (entry is DirectoryInfo child)
                {
                    // Folders behind links are left out: they may lead in circles or out of the root.
                    if (child.LinkTarget is null)
                    {
                        Add(child, path + "/");
                    }

                    continue;
                }

                FileInfo? file = entry.LinkTarget is null ? (FileInfo)entry : FollowLink((FileInfo)entry, root);
                if (file is { Exists: true })
                {
                    files.Add(new PlannedFile(path, new FileContent(file.FullName, file.Length), rule.Covers(path, file.Length)));
                    fingerprint.AppendData(Encoding.UTF8.GetBytes($"{path}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0"));
                }
            }
        }
    }

    /// <summary>The file behind a link, when it lies inside the root: a repository must not publish what is outside.</summary>
    private static FileInfo? FollowLink(FileInfo link, string root)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target && IsInside(target.FullName, root) ? target : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '<' or '>' ? ' ' : c)).Trim();
}
