using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Snug.TestKit;

/// <content>Other answers in place of the right one.</content>
public sealed partial class Fault
{
    /// <summary>An error, with the page of HTML that proxies and load balancers send.</summary>
    /// <param name="status">The status.</param>
    /// <param name="retryAfter">The value of <c>Retry-After</c>: seconds or a date.</param>
    public static Fault Status(int status, string? retryAfter = null) => new(
        $"status {status}{(retryAfter is null ? "" : $", Retry-After {retryAfter}")}",
        exchange =>
        {
            HttpResponse response = exchange.Context.Response;
            response.StatusCode = status;
            response.Headers.RetryAfter = retryAfter;
            return AnswerAsync(exchange, "text/html; charset=utf-8", $"<html><head><title>{status}</title></head><body>Something is wrong.</body></html>");
        });

    /// <summary>The request quota is used up.</summary>
    /// <param name="retryAfterSeconds">The value of <c>Retry-After</c>, or none.</param>
    /// <param name="resetSeconds">When the <c>RateLimit</c> header says that the quota is renewed, or no such header.</param>
    public static Fault TooManyRequests(int? retryAfterSeconds = null, int? resetSeconds = null) => new(
        $"status 429{(retryAfterSeconds is null ? "" : $", Retry-After {retryAfterSeconds}")}{(resetSeconds is null ? "" : $", RateLimit t={resetSeconds}")}",
        exchange =>
        {
            HttpResponse response = exchange.Context.Response;
            response.StatusCode = StatusCodes.Status429TooManyRequests;
            response.Headers.RetryAfter = retryAfterSeconds?.ToString(CultureInfo.InvariantCulture);
            if (resetSeconds is { } reset)
            {
                response.Headers["RateLimit"] = QuotaHeader(0, reset);
            }

            return AnswerAsync(exchange, "application/json; charset=utf-8", """{"error":"We had to rate limit your IP."}""");
        });

    /// <summary>A signed address has expired; only meant for the storage listener.</summary>
    public static Fault ExpireSignature() => new(
        "expired signature",
        exchange =>
        {
            exchange.Context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return AnswerAsync(exchange, "application/xml", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
        });

    /// <summary>A redirect to the same address, again and again.</summary>
    public static Fault RedirectLoop() => new(
        "redirect loop",
        exchange => RedirectAsync(exchange, exchange.Context.Request.GetEncodedPathAndQuery()));

    /// <summary>A redirect to somewhere else.</summary>
    public static Fault RedirectTo(string location) => new($"redirect to {location}", exchange => RedirectAsync(exchange, location));

    /// <summary>A page for people in place of the answer, with status 200: the sign-in page of a public network.</summary>
    public static Fault CaptivePortal() => new(
        "captive portal",
        exchange => AnswerAsync(exchange, "text/html; charset=utf-8", "<html><body>Welcome! Please sign in to use this network.</body></html>"));

    private static Task RedirectAsync(FaultExchange exchange, string location)
    {
        exchange.Context.Response.StatusCode = StatusCodes.Status302Found;
        exchange.Context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static Task AnswerAsync(FaultExchange exchange, string contentType, string body)
    {
        HttpResponse response = exchange.Context.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(exchange.Context.Request.Method) ? Task.CompletedTask : response.WriteAsync(body, exchange.Ending);
    }
}
