using System.Security.Cryptography;
using System.Text.Json;

namespace Snug.Cli;

/// <summary>
/// The records of jobs: <c>snug/jobs</c> in <c>HF_HOME</c>, for each job a JSON file that other programs may read, a log, and a file that its process
/// holds locked for as long as it lives.
/// </summary>
internal sealed class JobFolder(string home)
{
    /// <summary>How long jobs that have ended are kept.</summary>
    public const int MaxDays = 7;

    private const int MaxRecordLength = 1024 * 1024;
    private const int IdBytes = 4;
    private const int MaxAttempts = 100;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>A process that was started and has not reported after this time never will.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(1);

    public string Path { get; } = System.IO.Path.Join(home, "snug", "jobs");

    /// <summary>Makes the record of a job that is about to start.</summary>
    /// <returns>The job, and where its record is.</returns>
    public (Job Job, string Record) Create(IReadOnlyList<string> repositories, DateTimeOffset now)
    {
        Directory.CreateDirectory(Path);
        RemoveOld(now);
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        string record = System.IO.Path.Join(Path, id + ".json");
        Job job = new(id, JobState.Starting, repositories, now) { Log = LogOf(record) };
        Write(record, job);
        return (job, record);
    }

    /// <summary>Writes a record, whole or not at all. What somebody downloads is nobody else's business.</summary>
    public static void Write(string record, Job job)
    {
        string temporary = record + ".new";
        using (StreamWriter writer = new(temporary, Private(FileMode.Create)))
        {
            JsonOutput.Write(writer, job.Write);
        }

        File.Move(temporary, record, overwrite: true);
    }

    public static FileStreamOptions Private(FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    /// <summary>The jobs, the newest last; what cannot be read is passed over.</summary>
    public IReadOnlyList<Job> Read(DateTimeOffset now)
    {
        string[] records = Directory.Exists(Path) ? Directory.GetFiles(Path, "*.json") : [];
        return [.. records.Select(record => TryRead(record, now)).OfType<Job>().OrderBy(job => job.Started).ThenBy(job => job.Id, StringComparer.Ordinal)];
    }

    /// <summary>Reads one record and looks whether its process lives.</summary>
    public static Job? TryRead(string record, DateTimeOffset now)
    {
        try
        {
            if (new FileInfo(record).Length > MaxRecordLength)
            {
                return null;
            }

            Job job = Parse(record);
            if (job.State is not (JobState.Starting or JobState.Running) || IsLocked(LockOf(record)))
            {
                return job;
            }

            // It may have begun or ended since the first look; whoever says the same without a process will not say anything else.
            Job again = Parse(record);
            bool isLost = again.State == job.State && (job.State == JobState.Running || now - job.Started > StartTime);
            return isLost ? again with { State = JobState.Lost } : again;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes the lock of a job. Others hold it only for the moment in which they look whether it is taken.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static async Task<FileStream> LockAsync(string record, TimeProvider time)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(LockOf(record), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < MaxAttempts)
            {
                await Task.Delay(Interval, time);
            }
        }
    }

    /// <summary>Where files are follows from the record's place: what it says itself decides nothing.</summary>
    private static Job Parse(string record)
    {
        Job job = Job.Parse(File.ReadAllBytes(record));
        return job.Id == System.IO.Path.GetFileNameWithoutExtension(record)
            ? job with { Log = LogOf(record) }
            : throw new JsonException("It is the record of another job.");
    }

    private static string LogOf(string record) => System.IO.Path.ChangeExtension(record, ".log");

    private static string LockOf(string record) => System.IO.Path.ChangeExtension(record, ".lock");

    private static bool IsLocked(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void RemoveOld(DateTimeOffset now)
    {
        foreach (Job job in Read(now).Where(job => job.State is not (JobState.Starting or JobState.Running) && now - (job.Ended ?? job.Started) > TimeSpan.FromDays(MaxDays)))
        {
            foreach (string file in Directory.GetFiles(Path, job.Id + ".*"))
            {
                File.Delete(file);
            }
        }
    }
}
