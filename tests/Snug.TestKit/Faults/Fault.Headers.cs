using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Snug.TestKit;

/// <content>Faults in the head of an answer that is right otherwise.</content>
public sealed partial class Fault
{
    /// <summary>The answer has another entity tag, or none; the tag of the linked file is changed with it.</summary>
    public static Fault ETag(string? value) => Head(
        value is null ? "no ETag" : $"ETag {value}",
        headers =>
        {
            headers.ETag = value;
            if (headers.ContainsKey("X-Linked-Etag"))
            {
                headers["X-Linked-Etag"] = value;
            }
        });

    /// <summary>The answer has a header with this value, or lacks it.</summary>
    public static Fault Header(string name, string? value) => Head(value is null ? $"no {name}" : $"{name}: {value}", headers => headers[name] = value);

    /// <summary>Ranges are not supported: the whole file comes with status 200.</summary>
    public static Fault IgnoreRange() => new(
        "no ranges",
        exchange =>
        {
            exchange.Context.Request.Headers.Remove(HeaderNames.Range);
            exchange.OnHead(response => response.Headers.Remove(HeaderNames.AcceptRanges));
            return exchange.AnswerAsync();
        });

    /// <summary>A part comes with a head that says that it is another part.</summary>
    /// <param name="shift">By how many bytes what is said differs from what is sent.</param>
    public static Fault WrongContentRange(long shift) => Head(
        $"Content-Range {shift:+0;-0}",
        headers =>
        {
            if (ContentRangeHeaderValue.TryParse(headers.ContentRange.ToString(), out ContentRangeHeaderValue? range) && range.HasRange)
            {
                headers.ContentRange = string.Create(
                    CultureInfo.InvariantCulture, $"bytes {range.From + shift}-{range.To + shift}/{range.Length}");
            }
        });

    /// <summary>The head of a part names another length of the whole.</summary>
    public static Fault WrongTotal(long difference) => Head(
        $"total {difference:+0;-0}",
        headers =>
        {
            if (ContentRangeHeaderValue.TryParse(headers.ContentRange.ToString(), out ContentRangeHeaderValue? range) && range.HasRange)
            {
                headers.ContentRange = string.Create(
                    CultureInfo.InvariantCulture, $"bytes {range.From}-{range.To}/{range.Length + difference}");
            }
        });

    /// <summary>The answer announces how much of the request quota is left.</summary>
    public static Fault Quota(int remaining, int resetSeconds) => Head(
        $"quota {remaining}",
        headers =>
        {
            headers["RateLimit"] = QuotaHeader(remaining, resetSeconds);
            headers["RateLimit-Policy"] = "\"fixed window\";\"api\";q=500;w=300";
        });

    private static string QuotaHeader(int remaining, int resetSeconds) =>
        string.Create(CultureInfo.InvariantCulture, $"\"api\";r={remaining};t={resetSeconds}");

    private static Fault Head(string name, Action<Microsoft.AspNetCore.Http.IHeaderDictionary> change) => new(
        name,
        exchange =>
        {
            exchange.OnHead(response => change(response.Headers));
            return exchange.AnswerAsync();
        });
}
