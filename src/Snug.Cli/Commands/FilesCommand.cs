using System.CommandLine;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug files</c>: the files of a repository with sizes and hashes.</summary>
internal sealed class FilesCommand : SnugCommand
{
    private readonly Argument<string> _repository = CommonOptions.Repository();

    private readonly Argument<string?> _folder = new("FOLDER")
    {
        Description = "Only this folder of the repository.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public FilesCommand(CliConsole console, CommonOptions common)
        : base("files", "List the files of a repository with sizes and hashes.", console, common)
    {
        Add(_repository);
        Add(_folder);
        AddAll(common.Revision, common.Type, common.Token, common.CacheDirectory, common.Offline, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug files openai/whisper-tiny",
        "snug files datasets/rajpurkar/squad --json",
        "snug files openai/whisper-tiny --revision refs/pr/1",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using HubClient hub = invocation.CreateHub();
        RepositoryReference asked = invocation.Repository(invocation.Get(_repository)!, hub.ResolveSettings());
        RepositoryInfo info = await hub.GetRepositoryInfoAsync(asked.Repository, asked.Revision, cancellationToken);
        List<RepositoryFile> files = [];
        string? folder = invocation.Get(_folder) ?? asked.Path;
        await foreach (RepositoryFile file in
            hub.ListFilesAsync(info.Repository, info.Commit, folder, cancellationToken: cancellationToken))
        {
            files.Add(file);
        }

        long total = files.Sum(f => f.Size);
        if (invocation.IsJson)
        {
            WriteJson(invocation, info, asked.Revision ?? "main", files, total);
            return ExitCodes.Done;
        }

        Table table = new(new("SIZE", IsNumber: true), new("HASH", Style: "dim"), new("FILE", MayWrap: true));
        foreach (RepositoryFile file in files)
        {
            table.Add(TableCell.Size(file.Size), new TableCell(file.Etag, file.Etag[..12]), file.Path);
        }

        table.Write(invocation.Console);
        string where = folder is null ? "" : $" in '{Text.Printable(folder)}'";
        invocation.Messages.Hint($"{Text.Count(files.Count, "file")}{where}, {Text.Size(total)}, at commit {Text.ShortCommit(info.Commit)}");
        return ExitCodes.Done;
    }

    private static void WriteJson(Invocation invocation, RepositoryInfo info, string revision, List<RepositoryFile> files, long total) =>
        invocation.WriteJson(json =>
        {
            json.WriteString("repository", info.Repository.ToString());
            json.WriteString("revision", revision);
            json.WriteString("commit", info.Commit);
            json.WriteNumber("totalBytes", total);
            json.WriteStartArray("files");
            foreach (RepositoryFile file in files)
            {
                json.WriteStartObject();
                json.WriteString("path", file.Path);
                json.WriteNumber("size", file.Size);
                json.WriteString("etag", file.Etag);
                json.WriteString("blobId", file.BlobId);
                json.WriteString("sha256", file.LfsSha256);
                json.WriteString("xetHash", file.XetHash);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
}
