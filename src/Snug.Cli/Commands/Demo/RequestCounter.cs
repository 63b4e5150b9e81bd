using Microsoft.AspNetCore.Builder;

namespace Snug.Cli;

/// <summary>Counts the requests that a server gets.</summary>
internal sealed class RequestCounter
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Use(IApplicationBuilder application) => application.Use((context, next) =>
    {
        Interlocked.Increment(ref _count);
        return next(context);
    });
}
