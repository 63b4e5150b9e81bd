using System.Text;

namespace Snug.Hub;

/// <summary>
/// The variables of a <c>.env</c> file: <c>NAME=value</c> lines, optionally after <c>export</c>; single quotes keep everything as it is,
/// double quotes know <c>\n \r \t \" \\ \$</c>, both may span lines; <c>#</c> at the start of a line or after white space begins a comment.
/// Nothing is expanded and nothing is executed. Of two lines with one name the later wins.
/// </summary>
public sealed class DotEnvFile
{
    /// <summary>The name of the file that is looked for in the working directory.</summary>
    public const string DefaultName = ".env";

    /// <summary>The most bytes that a file may have; a larger one is no configuration.</summary>
    internal const int MaxLength = 256 * 1024;

    private DotEnvFile(string path, DotEnvParser parser)
    {
        Path = path;
        Variables = parser.Variables;
        Problems = parser.Problems;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The variables by name.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The lines that say nothing: neither blank, nor a comment, nor an assignment. They are passed over.</summary>
    public IReadOnlyList<DotEnvProblem> Problems { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is; the file <c>.env</c> of the working directory when missing.</param>
    /// <returns>Its variables, or <see langword="null"/> when there is no such file or it is empty.</returns>
    /// <exception cref="IOException">The file cannot be read, or has more than 256 KiB.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DotEnvFile? TryRead(string? path = null)
    {
        path = System.IO.Path.GetFullPath(path ?? DefaultName);

        // Pipes have no length: waiting for somebody to write into one would stop every program that is started here.
        FileInfo file = new(path);
        if (!file.Exists || (file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true)) is not FileInfo { Exists: true, Length: > 0 })
        {
            return null;
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!stream.CanSeek || stream.Length > MaxLength)
        {
            throw new IOException(stream.CanSeek ? $"it has more than {MaxLength / 1024} KiB" : "it is no regular file");
        }

        byte[] bytes = new byte[(int)stream.Length];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> content = bytes.AsSpan(0, length);
        return new DotEnvFile(path, new DotEnvParser(Encoding.UTF8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content)));
    }

    /// <summary>Reads text in the form of such a file.</summary>
    /// <param name="text">The text.</param>
    public static DotEnvFile Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new DotEnvFile(DefaultName, new DotEnvParser(text.StartsWith('\uFEFF') ? text[1..] : text));
    }
}
