namespace Snug.Server;

/// <summary>Marks the connections of the storage listener.</summary>
internal sealed class StorageConnection
{
    public static readonly StorageConnection Instance = new();
}
