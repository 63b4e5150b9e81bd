namespace Snug.Hub;

/// <summary>The folders of a selection that have to appear whole, and what each of them still waits for.</summary>
internal sealed class PackageSet
{
    private readonly Dictionary<string, Package> _packages = new(StringComparer.Ordinal);
    private readonly string? _folder;
    private readonly Lock _gate = new();

    /// <param name="files">The selected files.</param>
    /// <param name="folder">A folder of the repository that is to appear all at once, or <see langword="null"/> for packages only.</param>
    public PackageSet(IReadOnlyList<RepositoryFile> files, string? folder)
    {
        _folder = folder;
        foreach (RepositoryFile file in files)
        {
            if (NameOf(file.Path) is not { } name)
            {
                continue;
            }

            if (!_packages.TryGetValue(name, out Package? package))
            {
                _packages[name] = package = new Package();
            }

            package.Files.Add(file);
            package.Pending.Add(file.Path);
        }
    }

    /// <summary>The outermost folder of a path that has to appear whole, or <see langword="null"/>.</summary>
    public string? NameOf(string path)
    {
        if (_folder is not null)
        {
            return _folder;
        }

        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (RepositoryFile.IsPackage(path.AsSpan(0, slash)))
            {
                return path[..slash];
            }
        }

        return null;
    }

    /// <summary>One more file of a package is there; with the last one, all its files are returned, once.</summary>
    public IReadOnlyList<RepositoryFile>? Complete(string name, string path)
    {
        Package package = _packages[name];
        lock (_gate)
        {
            return package.Pending.Remove(path) && package.Pending.Count == 0 ? package.Files : null;
        }
    }

    private sealed class Package
    {
        public List<RepositoryFile> Files { get; } = [];

        public HashSet<string> Pending { get; } = new(StringComparer.Ordinal);
    }
}
