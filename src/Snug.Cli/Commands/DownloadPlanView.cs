using Snug.Hub;

namespace Snug.Cli;

/// <summary>Shows what a download would do.</summary>
internal static class DownloadPlanView
{
    public static void Write(Invocation invocation, DownloadPlan plan)
    {
        if (invocation.IsJson)
        {
            WriteJson(invocation, plan);
            return;
        }

        Table table = new(new("STATE"), new("SIZE", IsNumber: true), new("TO FETCH", IsNumber: true), new("FILE", MayWrap: true));
        foreach (PlannedFile file in plan.Files)
        {
            table.Add(Name(file.State), TableCell.Size(file.Size), TableCell.Size(file.BytesToFetch), file.Path);
        }

        table.Write(invocation.Console);
        string free = plan.FreeBytes is { } bytes ? $"; {Text.Size(bytes)} free" : "";
        invocation.Messages.Hint(plan.FilesToFetch == 0
            ? $"Nothing to fetch: {Text.Count(plan.Files.Count, "file")}, {Text.Size(plan.TotalBytes)}, all present in {plan.Directory}"
            : $"To fetch: {plan.FilesToFetch:#,0} of {Text.Count(plan.Files.Count, "file")}, {Text.Size(plan.BytesToFetch)} of"
                + $" {Text.Size(plan.TotalBytes)}, into {plan.Directory}{free}");
    }

    private static void WriteJson(Invocation invocation, DownloadPlan plan) => invocation.WriteJson(json =>
    {
        json.WriteString("repository", plan.Repository.ToString());
        json.WriteString("revision", plan.Revision);
        json.WriteString("commit", plan.Commit);
        json.WriteString("path", plan.Directory);
        json.WriteNumber("totalBytes", plan.TotalBytes);
        json.WriteNumber("filesToFetch", plan.FilesToFetch);
        json.WriteNumber("bytesToFetch", plan.BytesToFetch);
        if (plan.FreeBytes is { } free)
        {
            json.WriteNumber("freeBytes", free);
        }
        else
        {
            json.WriteNull("freeBytes");
        }

        json.WriteStartArray("files");
        foreach (PlannedFile file in plan.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteNumber("size", file.Size);
            json.WriteString("etag", file.Etag);
            json.WriteString("state", Name(file.State));
            json.WriteNumber("bytesToFetch", file.BytesToFetch);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Name(PlannedFileState state) => state.ToString().ToLowerInvariant();
}
