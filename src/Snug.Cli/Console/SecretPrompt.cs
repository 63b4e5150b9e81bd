using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Snug.Cli;

/// <summary>Reads a line from the terminal without showing it.</summary>
internal static class SecretPrompt
{
    private const int MaxLength = 16 * 1024;

    /// <summary>Reads what is typed or pasted up to Enter.</summary>
    /// <param name="ask">Asks for it, once nothing that is typed is shown any more.</param>
    /// <param name="cancellationToken">Ends the wait; the terminal is as before then.</param>
    /// <returns>The line, or <see langword="null"/> at the end of input.</returns>
    /// <exception cref="IOException">The terminal cannot be kept from showing it.</exception>
    public static async Task<string?> ReadAsync(Action ask, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            ask();
            return await Task.Run(ReadKeys, CancellationToken.None).WaitAsync(cancellationToken);
        }

        using TerminalEcho echo = TerminalEcho.SwitchOff();
        ask();

        // The read cannot be interrupted; after a cancellation it is left behind, and the terminal is as it was.
        return await Task.Run(ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Reads the line that the terminal has edited. The platform's own reader of keys would switch the echo on again between two of them,
    /// which shows parts of a text that is pasted.
    /// </summary>
    private static string? ReadLine()
    {
        using SafeFileHandle handle = new(0, ownsHandle: false);
        using FileStream input = new(handle, FileAccess.Read, bufferSize: 0);
        byte[] buffer = new byte[MaxLength];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = input.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                break;
            }

            int end = Array.IndexOf(buffer, (byte)'\n', length, read);
            length += read;
            if (end >= 0)
            {
                return Encoding.UTF8.GetString(buffer, 0, end);
            }
        }

        return length == 0 ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static string? ReadKeys()
    {
        StringBuilder line = new();
        while (line.Length < MaxLength)
        {
            ConsoleKeyInfo key = System.Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                break;
            }

            if (key.Key == ConsoleKey.Backspace)
            {
                line.Length = Math.Max(0, line.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                line.Append(key.KeyChar);
            }
        }

        return line.ToString();
    }
}
