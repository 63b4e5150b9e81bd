using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Snug.Server;

/// <summary>Ways to answer.</summary>
internal static class Replies
{
    public const string JsonType = "application/json; charset=utf-8";
    public const string TextType = "text/plain; charset=utf-8";

    public static async Task ErrorAsync(HttpContext context, HubError error, string? commitId)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        if (error.Code is not null)
        {
            response.Headers["X-Error-Code"] = error.Code;
        }

        response.Headers["X-Error-Message"] = HeaderText(error.Message);
        if (commitId is not null)
        {
            response.Headers["X-Repo-Commit"] = commitId;
        }

        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter writer = new(body, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, error.Message);
            writer.WriteEndObject();
        }

        await JsonAsync(context, body.WrittenMemory).ConfigureAwait(false);
    }

    /// <summary>Text goes out as it is; the default would turn every '+' and every letter beyond ASCII into escapes.</summary>
    public static readonly JsonWriterOptions JsonOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task JsonAsync(HttpContext context, ReadOnlyMemory<byte> body) => BodyAsync(context, JsonType, body);

    public static Task TextAsync(HttpContext context, string text) => BodyAsync(context, TextType, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends the caller on. The body is the Hub's own, word for word.</summary>
    public static Task RedirectAsync(HttpContext context, int status, string location)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        string reason = status == StatusCodes.Status307TemporaryRedirect ? "Temporary Redirect" : "Found";
        return TextAsync(context, $"{reason}. Redirecting to {location}");
    }

    public static string Date(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Headers carry visible ASCII only; other characters would break the message or, worse, end it.</summary>
    private static string HeaderText(string text) =>
        text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?')) : text;

    private static Task BodyAsync(HttpContext context, string type, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.ContentType = type;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
