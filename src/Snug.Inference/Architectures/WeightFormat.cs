namespace Snug.Inference;

/// <summary>What weights become when they are loaded.</summary>
public enum WeightFormat
{
    /// <summary>What they are in the file.</summary>
    AsStored,

    /// <summary>Plain numbers become Q8_0: half of BF16's memory and time, hardly any loss.</summary>
    Q8,

    /// <summary>Plain numbers become Q4_0: a quarter of BF16's memory and time, some loss.</summary>
    Q4,
}
