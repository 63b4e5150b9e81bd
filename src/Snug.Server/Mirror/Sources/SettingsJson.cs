using System.Text.Json;
using System.Text.Json.Serialization;

namespace Snug.Server;

/// <summary>
/// Reads the settings files of a folder of repositories. Unknown names are errors: a misspelt "private" must not publish.
/// The types have setters because generated code would set every init-only property, undoing the defaults of what is missing.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(FolderSettings))]
[JsonSerializable(typeof(AccountsFile))]
internal sealed partial class SettingsJson : JsonSerializerContext
{
    /// <summary>The largest settings file that is read.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    public static FolderSettings ReadFolderSettings(string path) =>
        JsonSerializer.Deserialize(ReadBounded(path), Default.FolderSettings) ?? throw new InvalidDataException($"'{path}' holds null.");

    public static AccountsFile ReadAccounts(string path) =>
        JsonSerializer.Deserialize(ReadBounded(path), Default.AccountsFile) ?? throw new InvalidDataException($"'{path}' holds null.");

    private static ReadOnlySpan<byte> ReadBounded(string path)
    {
        if (new FileInfo(path).Length > MaxLength)
        {
            throw new InvalidDataException($"'{path}' is larger than {MaxLength} bytes.");
        }

        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        return bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }
}
