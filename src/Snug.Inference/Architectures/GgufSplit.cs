using System.Globalization;
using System.Text.RegularExpressions;

namespace Snug.Inference;

/// <summary>A GGUF model in several files, named <c>name-00001-of-00003.gguf</c>; the first has the metadata.</summary>
/// <param name="Number">Number of the file, from 1.</param>
/// <param name="Count">Number of files.</param>
/// <param name="Tensors">Tensors of all files together, if the file says so.</param>
internal sealed partial record GgufSplit(int Number, int Count, int? Tensors)
{
    /// <summary>What a name says about a file; null if it is that of a whole one.</summary>
    public static GgufSplit? Parse(string path) =>
        NamePattern().Match(Path.GetFileName(path)) is { Success: true } match
            ? new GgufSplit(Digits(match.Groups["number"]), Digits(match.Groups["count"]), null)
            : null;

    /// <summary>What the metadata of the first file says; null if the model is in one file.</summary>
    /// <exception cref="ModelFormatException">The file is not the first, or its name does not fit.</exception>
    public static GgufSplit? Read(GgufFile file)
    {
        if (Whole(file, "split.count") is not { } count || count <= 1)
        {
            return null;
        }

        int number = (Whole(file, "split.no") ?? 0) + 1;
        if (count > WeightFiles.MaxShards)
        {
            throw new ModelFormatException($"The model is said to be in {count} files; {WeightFiles.MaxShards} is the most.", file.FilePath, jsonPath: "split.count");
        }

        return number != 1 ? throw new ModelFormatException($"This is file {number} of {count}; load the first, it finds the others.", file.FilePath, jsonPath: "split.no")
            : Parse(file.FilePath) is not { Number: 1 } name || name.Count != count
                ? throw new ModelFormatException($"The model is in {count} files; the first must have a name that ends with '-00001-of-{count:00000}.gguf'.", file.FilePath, jsonPath: "split.count")
                : new GgufSplit(1, count, Whole(file, "split.tensors.count"));
    }

    /// <summary>Paths of the files after the first.</summary>
    public IEnumerable<string> OthersOf(string first) => Enumerable.Range(2, Count - 1).Select(number => NameOf(first, number, Count));

    /// <summary>Name or path of another file of the model that a file belongs to.</summary>
    public static string NameOf(string file, int number, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{file[..^"-00001-of-00001.gguf".Length]}-{number:00000}-of-{count:00000}{Path.GetExtension(file)}");

    /// <summary>Throws when a file is not the one of that number.</summary>
    public void EnsureBelongs(GgufFile file, int number)
    {
        if (Whole(file, "split.no") != number - 1 || Whole(file, "split.count") != Count)
        {
            throw new ModelFormatException($"The file does not say that it is number {number} of {Count}.", file.FilePath, jsonPath: "split.no");
        }
    }

    private static int? Whole(GgufFile file, string key) => file.Metadata.GetValueOrDefault(key) switch
    {
        null => null,
        byte number => number,
        ushort number => number,
        uint number and <= int.MaxValue => (int)number,
        int number and >= 0 => number,
        _ => throw new ModelFormatException($"Metadata '{key}' must be a whole number.", file.FilePath, jsonPath: key),
    };

    private static int Digits(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<stem>.+)-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})\.gguf$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();
}
