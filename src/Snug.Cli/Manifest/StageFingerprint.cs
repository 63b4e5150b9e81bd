using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Snug.Cli;

/// <summary>A hash of everything that a stage's result depends on as far as the manifest tells: its commands and its inputs.</summary>
internal static class StageFingerprint
{
    public static string Compute(ManifestStage stage, string project)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string command in stage.Commands)
        {
            Append(hash, "run", Encoding.UTF8.GetBytes(command));
        }

        foreach (string input in stage.Inputs)
        {
            Append(hash, "input", Encoding.UTF8.GetBytes(input));
            Append(hash, "content", HashOf(Path.Join(project, input)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] HashOf(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return SHA256.HashData(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Missing is a content too: the stage runs again when the file appears.
            return [];
        }
    }

    /// <summary>Adds a text with its length, so that no two lists of texts look alike.</summary>
    private static void Append(IncrementalHash hash, string kind, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(Encoding.ASCII.GetBytes(kind));
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
