namespace Snug.Cli;

/// <summary>This machine: room and rights where the cache is, and who else can read the tokens.</summary>
internal static class MachineChecks
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static IEnumerable<DoctorCheck> Run(DoctorFacts facts)
    {
        yield return Disk(facts);
        yield return CacheFolder(facts.Settings.CacheDirectory);
        yield return TokenFiles(facts);
    }

    /// <summary>The free bytes where a folder is or would be, or <see langword="null"/> when the system does not tell.</summary>
    public static long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(NearestExisting(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static DoctorCheck Disk(DoctorFacts facts)
    {
        string folder = facts.Settings.CacheDirectory;
        if (FreeBytes(folder) is not { } free)
        {
            return DoctorCheck.Skipped("disk", "disk", $"The system does not tell how much room there is for '{folder}'.");
        }

        string unknown = facts.HasUnknownSizes ? " (the size of some is not known)" : "";
        string detail = facts.Reports.Count == 0
            ? $"{Text.Size(free)} free for '{folder}'."
            : $"{Text.Size(free)} free for '{folder}'; all repositories together need {Text.Size(facts.MissingBytes)} more{unknown}.";
        return facts.MissingBytes <= free
            ? DoctorCheck.Ok("disk", "disk", detail)
            : DoctorCheck.Failed(
                "disk",
                "disk",
                detail,
                ExitCodes.Storage,
                $"Free at least {Text.Size(facts.MissingBytes - free)} ('snug cache prune' removes what nothing refers to).",
                "Or put the cache on a larger disk with HF_HOME or --cache-dir.") with
            {
                Code = "insufficient_storage",
            };
    }

    private static DoctorCheck CacheFolder(string folder)
    {
        for (string? path = Path.GetFullPath(folder); path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
            {
                return NotWritable(path, "it is a file, and a folder is needed");
            }
        }

        string existing = NearestExisting(folder);
        string probe = Path.Join(existing, $".snug-doctor-{Guid.NewGuid():N}");
        try
        {
            using (new FileStream(probe, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))
            {
            }

            return DoctorCheck.Ok(
                "cache", "cache", existing == folder ? $"'{folder}' can be written." : $"'{folder}' is not there yet and can be made.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NotWritable(existing, e is UnauthorizedAccessException ? "permission denied" : e.Message);
        }
    }

    private static DoctorCheck NotWritable(string path, string why) => DoctorCheck.Failed(
        "cache",
        "cache",
        $"'{path}' cannot be written: {why}.",
        ExitCodes.Storage,
        "Check that you may write there.",
        "Or use another cache folder with HF_HOME or --cache-dir.",
        "If the cache is damaged: 'snug cache verify --repair', or 'snug cache clear'.") with
    {
        Code = "cache_access",
    };

    private static DoctorCheck TokenFiles(DoctorFacts facts)
    {
        if (OperatingSystem.IsWindows())
        {
            return DoctorCheck.Skipped("token_files", "token files", "Rights of files are not looked at on this system; the profile folder is yours alone.");
        }

        string tokens = facts.Settings.TokenPath;
        string[] candidates = [tokens, Path.Join(Path.GetDirectoryName(tokens), "stored_tokens"), Path.Join(facts.Project, ".env")];
        List<string> present = [.. candidates.Where(File.Exists)];
        List<string> open = [];
        foreach (string file in present)
        {
            try
            {
                if ((File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
                {
                    open.Add(file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It went away, or it is hidden from us, and then from others too.
            }
        }

        return open.Count == 0
            ? DoctorCheck.Ok("token_files", "token files", present.Count == 0 ? "There are none." : $"Readable by you alone: {string.Join(", ", present)}.")
            : DoctorCheck.Warning(
                "token_files",
                "token files",
                $"Other users of this machine can read {string.Join(", ", open)}.",
                [.. open.Select(file => $"Run: chmod 600 '{file}'"), "Replace the token if others use this machine."]);
    }

    private static string NearestExisting(string folder)
    {
        string path = Path.GetFullPath(folder);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent)
        {
            path = parent;
        }

        return path;
    }
}
