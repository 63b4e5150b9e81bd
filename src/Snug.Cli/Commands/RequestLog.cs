using Microsoft.AspNetCore.Builder;

namespace Snug.Cli;

/// <summary>A line on standard error for every request that a server answers.</summary>
internal static class RequestLog
{
    public static void Use(IApplicationBuilder application, CliConsole console) => application.Use(async (context, next) =>
    {
        long start = console.Time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            // The query of a storage address is a key; it stays out of logs.
            string query = context.Request.Query.ContainsKey("Signature") ? "" : context.Request.QueryString.Value ?? "";
            string line = $"{context.Request.Method} {Text.Printable(context.Request.Path.Value + query)} {context.Response.StatusCode} "
                + Text.Duration(console.Time.GetElapsedTime(start));
            lock (console.Error)
            {
                console.Error.WriteLine(line);
            }
        }
    });
}
