using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>A report on access as an object; its names are those of the error object where both have one.</summary>
internal static class AccessJson
{
    public static void Write(Utf8JsonWriter json, AccessReport report)
    {
        json.WriteString("repository", report.Repository.ToString());
        json.WriteString("revision", report.Revision);
        json.WriteString("state", report.Cause);
        json.WriteBoolean("readable", report.IsReadable);
        json.WriteString("kind", report.Code);
        json.WriteString("message", report.Message);
        json.WriteStrings("advice", report.Advice);
        json.WriteString("page", report.Page.AbsoluteUri);
        json.WriteString("renamedTo", report.RenamedTo?.ToString());
        json.WriteString("gated", report.Gate?.ToString().ToLowerInvariant());
        WriteFlag(json, "private", report.IsPrivate);
        WriteFlag(json, "public", report.IsPublic);
        json.WriteString("commit", report.Commit);
        WriteNumber(json, "files", report.Files);
        WriteNumber(json, "totalBytes", report.TotalBytes);
        WriteNumber(json, "missingBytes", report.MissingBytes);
        if (report.Cached is { } cached)
        {
            json.WriteStartObject("cached");
            json.WriteString("commit", cached.Commit);
            json.WriteNumber("files", cached.Files);
            json.WriteNumber("bytes", cached.Bytes);
            WriteFlag(json, "whole", cached.IsWhole);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("cached");
        }

        json.WriteString("tokenSource", report.TokenSource);
        WriteNumber(json, "status", report.StatusCode);
        json.WriteString("requestId", report.RequestId);
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
