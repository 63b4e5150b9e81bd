using System.Runtime.InteropServices;

namespace Snug.Cli;

/// <summary>Keeps the terminal of standard input from showing what is typed, until it is disposed.</summary>
internal sealed partial class TerminalEcho : IDisposable
{
    private const int StandardInput = 0;

    /// <summary>Apply after output is written, and drop what was typed before.</summary>
    private const int Flush = 2;

    private const uint Echo = 0x8;

    /// <summary>Room for <c>struct termios</c> of any system.</summary>
    private const int Size = 256;

    /// <summary>Where <c>c_lflag</c> is: the fourth of flags of four bytes, on Apple's systems of eight.</summary>
    private static readonly int LocalFlags = OperatingSystem.IsMacOS() ? 24 : 12;

    private readonly byte[] _settings;

    private TerminalEcho(byte[] settings) => _settings = settings;

    /// <summary>Switches the echo off.</summary>
    /// <exception cref="IOException">Standard input is no terminal, or does not obey.</exception>
    public static TerminalEcho SwitchOff()
    {
        byte[] before = new byte[Size];
        if (GetAttributes(StandardInput, before) != 0)
        {
            throw new IOException("The terminal does not tell its settings.");
        }

        byte[] quiet = [.. before];
        uint flags = MemoryMarshal.Read<uint>(quiet.AsSpan(LocalFlags));
        flags &= ~Echo;
        MemoryMarshal.Write(quiet.AsSpan(LocalFlags), flags);
        return SetAttributes(StandardInput, Flush, quiet) == 0
            ? new TerminalEcho(before)
            : throw new IOException("The terminal does not switch its echo off.");
    }

    /// <summary>Restores the terminal.</summary>
    public void Dispose() => _ = SetAttributes(StandardInput, Flush, _settings);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetAttributes(int descriptor, Span<byte> settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetAttributes(int descriptor, int when, ReadOnlySpan<byte> settings);
}
