using Microsoft.Win32.SafeHandles;

namespace Snug.Hub;

/// <summary>
/// A file in the making, with its journal. It carries a name of its own, so no other writer touches it; what an interrupted
/// process left is adopted by renaming it to such a name, which only one successor can do.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const long PreallocateFrom = 4L * 1024 * 1024;

    private readonly Journal _journal;
    private readonly string _path;

    /// <summary>How many blocks at the beginning another client left, which no journal records.</summary>
    private readonly int _found;

    private PartialFile(string path, SafeFileHandle handle, Journal journal, BlockMap blocks, bool adopted, int found)
    {
        _path = path;
        Handle = handle;
        _journal = journal;
        Blocks = blocks;
        Adopted = adopted;
        _found = found;
    }

    public SafeFileHandle Handle { get; }

    public BlockMap Blocks { get; }

    /// <summary>Whether it holds bytes of an earlier process, which only the final hash can vouch for.</summary>
    public bool Adopted { get; }

    /// <summary>Opens the partial file of a content: an abandoned one if there is one, otherwise a new one.</summary>
    /// <param name="item">The content.</param>
    /// <param name="abandoned">A leftover to go on with, as <see cref="PartialFiles.FindAbandoned"/> found it.</param>
    public static PartialFile Open(TransferItem item, string? abandoned)
    {
        Directory.CreateDirectory(item.PartialFolder);
        string path = Path.Join(item.PartialFolder, $"{item.PartialStem}.{AtomicFile.RandomSuffix()}{CacheLayout.PartialSuffix}");
        bool adopted = abandoned is not null && TryAdopt(abandoned, path);
        BlockMap blocks = new(item.Size);
        int found = 0;
        bool hasJournal = File.Exists(path + CacheLayout.JournalSuffix);
        Journal? journal = null;
        SafeFileHandle? handle = null;
        try
        {
            // The record first: whoever finds a data file without one takes it for another client's.
            journal = Journal.Open(path + CacheLayout.JournalSuffix, item.Etag, item.Size);
            handle = adopted ? OpenData(path, FileMode.Open, 0) : OpenData(path, FileMode.CreateNew, Preallocation(item));
            if (adopted && hasJournal)
            {
                journal.ReplayInto(blocks);
            }
            else if (adopted)
            {
                // Other clients write from front to back, so whatever whole blocks there are come first.
                found = (int)(Math.Min(item.Size, RandomAccess.GetLength(handle)) / BlockPool.BlockSize);
                for (int block = 0; block < found; block++)
                {
                    blocks.MarkWritten(block);
                }
            }

            return new PartialFile(path, handle, journal, blocks, adopted, found);
        }
        catch
        {
            handle?.Dispose();
            journal?.Dispose();
            if (!adopted)
            {
                AtomicFile.TryDelete(path);
                AtomicFile.TryDelete(path + CacheLayout.JournalSuffix);
            }

            throw;
        }
    }

    /// <summary>Writes a block unless somebody else has; records it.</summary>
    /// <returns>Whether this call wrote it.</returns>
    public bool Write(int block, ReadOnlySpan<byte> data)
    {
        if (!Blocks.TryClaim(block))
        {
            return false;
        }

        try
        {
            RandomAccess.Write(Handle, data, BlockMap.Offset(block));
            _journal.Append(block, BlockChecksum.Compute(data));
            Blocks.MarkWritten(block);
            return true;
        }
        catch
        {
            Blocks.Clear(block);
            throw;
        }
    }

    /// <summary>
    /// Records a block of another client's that has been read back, so that it is not lost when this process is interrupted, too.
    /// The hash of the whole file still decides whether it is right.
    /// </summary>
    public void RecordFound(int block, ReadOnlySpan<byte> data)
    {
        if (block >= _found)
        {
            return;
        }

        try
        {
            _journal.Append(block, BlockChecksum.Compute(data));
        }
        catch (IOException)
        {
            // No room for a record: the download goes on without it.
        }
    }

    /// <summary>Renames the finished file to its destination and drops the journal.</summary>
    public void Publish(string destination, long size)
    {
        if (RandomAccess.GetLength(Handle) != size)
        {
            RandomAccess.SetLength(Handle, size);
        }

        Dispose();
        AtomicFile.Publish(_path, destination);
        AtomicFile.TryDelete(_path + CacheLayout.JournalSuffix);
    }

    /// <summary>Throws the file away.</summary>
    public void Discard()
    {
        Dispose();
        AtomicFile.TryDelete(_path);
        AtomicFile.TryDelete(_path + CacheLayout.JournalSuffix);
    }

    public void Dispose()
    {
        Handle.Dispose();
        _journal.Dispose();
    }

    /// <summary>How much room to ask for at once: it keeps a large file in one piece on a disk. In memory it would only write every page twice.</summary>
    private static long Preallocation(TransferItem item)
    {
        if (item.Size < PreallocateFrom)
        {
            return 0;
        }

        try
        {
            return new DriveInfo(item.PartialFolder).DriveFormat is "tmpfs" or "ramfs" ? 0 : item.Size;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return item.Size;
        }
    }

    private static SafeFileHandle OpenData(string path, FileMode mode, long preallocate)
    {
        const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
        try
        {
            return File.OpenHandle(path, mode, FileAccess.ReadWrite, Share, preallocationSize: preallocate);
        }
        catch (IOException e) when (preallocate > 0 && !StorageErrors.IsDiskFull(e) && !File.Exists(path))
        {
            // A refused preallocation comes without the system's error number. When it is not for want of room, the system has
            // none to offer, and the file grows as it is written.
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < preallocate
                ? throw StorageErrors.DiskFull(e)
                : File.OpenHandle(path, mode, FileAccess.ReadWrite, Share);
        }
    }

    private static bool TryAdopt(string abandoned, string path)
    {
        try
        {
            // The journal first: a data file alone is still usable, a journal alone is swept away.
            if (File.Exists(abandoned + CacheLayout.JournalSuffix))
            {
                File.Move(abandoned + CacheLayout.JournalSuffix, path + CacheLayout.JournalSuffix);
            }

            File.Move(abandoned, path);
            return true;
        }
        catch (IOException)
        {
            // Somebody else was quicker.
            AtomicFile.TryDelete(path + CacheLayout.JournalSuffix);
            return false;
        }
    }
}
