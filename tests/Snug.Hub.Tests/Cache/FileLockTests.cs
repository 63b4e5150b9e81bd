using Snug.TestKit;

namespace Snug.Hub.Tests;

public sealed class FileLockTests
{
    [Fact]
    public void The_first_locks_of_a_cache_can_be_taken_by_many_threads_at_once()
    {
        using TemporaryFolder folder = new();
        for (int round = 0; round < 100; round++)
        {
            string locks = Path.Join(folder.Root, round.ToString(), ".locks", "models--org--name");
            using Barrier start = new(8);
            Thread[] threads = new Thread[8];
            Exception?[] problems = new Exception?[threads.Length];
            for (int i = 0; i < threads.Length; i++)
            {
                int number = i;
                threads[i] = new Thread(() =>
                {
                    start.SignalAndWait();
                    problems[number] = Record.Exception(() => FileLock.TryAcquire(Path.Join(locks, $"{number}.lock"))?.Dispose());
                });
                threads[i].Start();
            }

            Array.ForEach(threads, thread => thread.Join());
            Assert.All(problems, Assert.Null);
        }
    }

    [Fact]
    public void A_lock_is_held_by_one_at_a_time()
    {
        using TemporaryFolder folder = new();
        string path = Path.Join(folder.Root, "new", "file.lock");
        using (FileLock? first = FileLock.TryAcquire(path))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryAcquire(path));
        }

        using FileLock? next = FileLock.TryAcquire(path);
        Assert.NotNull(next);
    }
}
