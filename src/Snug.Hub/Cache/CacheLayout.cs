namespace Snug.Hub;

/// <summary>
/// Where things lie in the cache of <c>huggingface_hub</c>: <c>models--org--name/{blobs,refs,snapshots,trees,.no_exist}</c>,
/// locks apart under <c>.locks</c>. Pure path arithmetic; nothing here touches the disk.
/// </summary>
internal sealed class CacheLayout(string root)
{
    public const string PartialSuffix = ".incomplete";
    public const string JournalSuffix = ".journal";
    public const string LocksFolder = ".locks";
    public const string TagFile = "CACHEDIR.TAG";
    public const string SharedBlobsFolder = "blobs";
    public const string SharedBlobsMarker = ".huggingface-shared-blobs";

    /// <summary>Our own files inside a repository's folder: staging areas and durability records.</summary>
    public const string PrivateFolder = ".snug";

    private const string Separator = "--";

    /// <summary>The cache root.</summary>
    public string Root { get; } = root;

    public static string FolderName(RepositoryId id) => id.Namespace is null
        ? $"{id.TypePlural}{Separator}{id.Name}"
        : $"{id.TypePlural}{Separator}{id.Namespace}{Separator}{id.Name}";

    /// <summary>The repository that a folder of the cache belongs to, or <see langword="null"/> when its name follows another rule.</summary>
    public static RepositoryId? ParseFolderName(string folder)
    {
        string[] parts = folder.Split(Separator);
        RepositoryType? type = parts[0] switch
        {
            "models" => RepositoryType.Model,
            "datasets" => RepositoryType.Dataset,
            "spaces" => RepositoryType.Space,
            _ => null,
        };
        return type is { } known && parts.Length is 2 or 3 && RepositoryId.TryCreate(known, string.Join('/', parts[1..]), out RepositoryId? id, out _)
            ? id
            : null;
    }

    public string Repository(RepositoryId id) => Path.Join(Root, FolderName(id));

    public string Blobs(RepositoryId id) => Path.Join(Repository(id), "blobs");

    public string Blob(RepositoryId id, string etag) => Path.Join(Repository(id), "blobs", etag);

    public string Snapshots(RepositoryId id) => Path.Join(Repository(id), "snapshots");

    public string Snapshot(RepositoryId id, string commit) => Path.Join(Repository(id), "snapshots", commit);

    public string SnapshotFile(RepositoryId id, string commit, string path) => Path.Join(Snapshot(id, commit), ToLocal(path));

    public string Refs(RepositoryId id) => Path.Join(Repository(id), "refs");

    public string Ref(RepositoryId id, string revision) => Path.Join(Repository(id), "refs", ToLocal(revision));

    public string NoExist(RepositoryId id, string commit, string path) => Path.Join(Repository(id), ".no_exist", commit, ToLocal(path));

    public string NoExists(RepositoryId id) => Path.Join(Repository(id), ".no_exist");

    public string Trees(RepositoryId id) => Path.Join(Repository(id), "trees");

    public string Tree(RepositoryId id, string commit) => Path.Join(Repository(id), "trees", commit + ".json");

    public string Private(RepositoryId id) => Path.Join(Repository(id), PrivateFolder);

    public string Lock(RepositoryId id, string etag) => Path.Join(Root, LocksFolder, FolderName(id), etag + ".lock");

    /// <summary>The relative target of a snapshot entry: one <c>..</c> per folder level up to the repository, then the blob.</summary>
    public static string LinkTarget(string path, string etag)
    {
        int depth = path.AsSpan().Count('/') + 2;
        return string.Concat(string.Concat(Enumerable.Repeat("../", depth)), "blobs/", etag).Replace('/', Path.DirectorySeparatorChar);
    }

    /// <summary>A repository path in the separators of this system.</summary>
    public static string ToLocal(string path) => path.Replace('/', Path.DirectorySeparatorChar);
}
