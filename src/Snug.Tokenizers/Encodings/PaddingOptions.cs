namespace Snug.Tokenizers;

/// <summary>How encodings are filled up to one length.</summary>
public sealed record PaddingOptions
{
    /// <summary>The length to fill up to; null for that of the longest encoding of the batch.</summary>
    public int? Length { get; init; }

    /// <summary>The end at which padding is added.</summary>
    public PaddingDirection Direction { get; init; }

    /// <summary>The length is rounded up to a multiple of this.</summary>
    public int? PadToMultipleOf { get; init; }

    /// <summary>Number of the padding token.</summary>
    public int PadId { get; init; }

    /// <summary>Segment of the padding token.</summary>
    public int PadTypeId { get; init; }

    /// <summary>Text of the padding token.</summary>
    public string PadToken { get; init; } = "[PAD]";

    /// <summary>The length to which encodings of the given greatest length are filled up.</summary>
    internal int LengthFor(int longest)
    {
        int length = Length ?? longest;
        return PadToMultipleOf is > 0 and { } multiple && length % multiple > 0 ? checked(length + multiple - (length % multiple)) : length;
    }
}
