namespace Snug.Inference;

/// <summary>
/// Rows of a layer, which the threads of a team take part by part: a thread that is held up, by another program on its core, takes fewer.
/// Parts begin large and become small, so that all end at nearly the same time. Where parts begin does not depend on who takes them, so
/// neither do the results.
/// </summary>
internal ref struct RowTurns(ref int next, int rows, int granule, int smallest, int threads)
{
    private readonly ref int _next = ref next;

    /// <summary>Takes the next part.</summary>
    /// <returns>Whether there was one.</returns>
    public readonly bool Take(out int first, out int end)
    {
        if (threads == 1)
        {
            (first, end) = (_next, rows);
            _next = rows;
            return first < end;
        }

        first = Volatile.Read(ref _next);
        while (first < rows)
        {
            end = Math.Min(rows, first + PartAt(first));
            int seen = Interlocked.CompareExchange(ref _next, end, first);
            if (seen == first)
            {
                return true;
            }

            first = seen;
        }

        end = first;
        return false;
    }

    private readonly int PartAt(int first)
    {
        int wanted = Math.Max(smallest, (rows - first) / (2 * threads));
        return (wanted + granule - 1) / granule * granule;
    }
}
