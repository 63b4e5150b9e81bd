using Snug.Hub;

namespace Snug.Cli;

/// <summary>One line at the end of the terminal while a cache is verified; nothing elsewhere.</summary>
internal sealed class VerifyProgress(Invocation invocation) : IProgress<CacheVerifyProgress>, IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly bool _shows = invocation.Console.DecoratesError && !invocation.Messages.IsQuiet && !invocation.IsGiven(invocation.Common.Progress);
    private long? _last;

    public void Report(CacheVerifyProgress value)
    {
        TimeProvider time = invocation.Console.Time;
        lock (_gate)
        {
            if (_shows && (_last is not { } last || time.GetElapsedTime(last) >= Pace))
            {
                _last = time.GetTimestamp();
                invocation.Console.Error.Write(
                    $"\r  {ProgressText.Percent(value.BytesDone, value.BytesTotal),3}%  {Text.Size(value.BytesDone)} of {Text.Size(value.BytesTotal)} read\u001b[K");
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_last is not null)
            {
                invocation.Console.Error.Write("\r\u001b[K");
            }
        }
    }
}
