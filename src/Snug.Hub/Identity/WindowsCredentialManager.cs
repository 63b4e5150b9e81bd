using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Snug.Hub;

/// <summary>The Credential Manager of Windows: a generic credential of the user, on this machine.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsCredentialManager(string item) : Keychain
{
    private const uint Generic = 1;
    private const uint PersistOnMachine = 2;
    private const int ErrorNotFound = 1168;

    /// <summary>Windows refuses larger ones.</summary>
    private const int MaxBlobLength = 5 * 512;

    public override string Name => "Windows Credential Manager";

    public override string? FindProblem() => null;

    protected override string? ReadSecret()
    {
        if (!CredRead(item, Generic, 0, out nint pointer))
        {
            return Marshal.GetLastPInvokeError() is var error && error == ErrorNotFound ? null : throw Error("cannot be read", error);
        }

        try
        {
            Credential credential = Marshal.PtrToStructure<Credential>(pointer);
            return Marshal.PtrToStringUni(credential.Blob, (int)(credential.BlobLength / sizeof(char)));
        }
        finally
        {
            CredFree(pointer);
        }
    }

    protected override void WriteSecret(string secret)
    {
        int length = secret.Length * sizeof(char);
        if (length > MaxBlobLength)
        {
            throw Failed("cannot store so long a token");
        }

        nint target = Marshal.StringToCoTaskMemUni(item);
        nint blob = Marshal.StringToCoTaskMemUni(secret);
        try
        {
            Credential credential = new()
            {
                Type = Generic,
                TargetName = target,
                UserName = target,
                Blob = blob,
                BlobLength = (uint)length,
                Persist = PersistOnMachine,
            };
            if (!CredWrite(credential, 0))
            {
                throw Error("cannot store the token", Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            Marshal.ZeroFreeCoTaskMemUnicode(blob);
            Marshal.FreeCoTaskMem(target);
        }
    }

    protected override bool DeleteSecret()
    {
        if (CredDelete(item, Generic, 0))
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is var error && error == ErrorNotFound ? false : throw Error("cannot remove the token", error);
    }

    private HubException Error(string what, int error) => Failed($"{what} (error {error})", new Win32Exception(error));

    [LibraryImport("advapi32", EntryPoint = "CredReadW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CredRead(string target, uint type, uint flags, out nint credential);

    [LibraryImport("advapi32", EntryPoint = "CredWriteW", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CredWrite(in Credential credential, uint flags);

    [LibraryImport("advapi32", EntryPoint = "CredDeleteW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CredDelete(string target, uint type, uint flags);

    [LibraryImport("advapi32", EntryPoint = "CredFree")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void CredFree(nint buffer);

    /// <summary><c>CREDENTIALW</c> of <c>wincred.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Credential
    {
        public uint Flags;
        public uint Type;
        public nint TargetName;
        public nint Comment;
        public long LastWritten;
        public uint BlobLength;
        public nint Blob;
        public uint Persist;
        public uint AttributeCount;
        public nint Attributes;
        public nint TargetAlias;
        public nint UserName;
    }
}
