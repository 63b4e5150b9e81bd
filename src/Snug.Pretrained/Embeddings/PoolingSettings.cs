using System.Text.Json;
using Snug.Inference;

namespace Snug.Pretrained;

/// <summary>What <c>1_Pooling/config.json</c> says.</summary>
/// <param name="Modes">How the tokens' vectors become one.</param>
/// <param name="IncludesPrompt">Whether the tokens of a prompt count.</param>
internal sealed record PoolingSettings(PoolingModes Modes, bool IncludesPrompt)
{
    private static readonly (string Key, string Name, PoolingModes Mode)[] Known =
    [
        ("pooling_mode_cls_token", "cls", PoolingModes.FirstToken),
        ("pooling_mode_max_tokens", "max", PoolingModes.Max),
        ("pooling_mode_mean_tokens", "mean", PoolingModes.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", PoolingModes.MeanRootLength),
        ("pooling_mode_weightedmean_tokens", "weightedmean", PoolingModes.WeightedMean),
        ("pooling_mode_lasttoken", "lasttoken", PoolingModes.LastToken),
    ];

    private static readonly string[] Others = ["word_embedding_dimension", "embedding_dimension", "pooling_mode", "include_prompt"];

    /// <summary>The mean over everything, which a model without a word about it gets.</summary>
    public static PoolingSettings Mean { get; } = new(PoolingModes.Mean, true);

    /// <summary>Reads the file.</summary>
    /// <param name="file">Path of <c>config.json</c>.</param>
    /// <param name="width">Width of the model's vectors.</param>
    /// <exception cref="ModelFormatException">The file is missing or damaged, or asks for what is not known.</exception>
    public static PoolingSettings Read(string file, int width) => SettingsFile.Read(file, root =>
    {
        foreach (JsonProperty property in root.Element.EnumerateObject())
        {
            bool says = property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False);
            if (says && !Others.Contains(property.Name) && !Array.Exists(Known, known => known.Key == property.Name))
            {
                throw root.Fault(property.Name, "is not known, so the result might be wrong");
            }
        }

        int? stated = root.FindWhole("word_embedding_dimension", 1) ?? root.FindWhole("embedding_dimension", 1);
        if (stated is { } dimension && dimension != width)
        {
            throw root.Fault("word_embedding_dimension", $"is {dimension}, and the model's vectors have {width} numbers");
        }

        PoolingModes modes = root.Text("pooling_mode") is { } name ? Named(root, name) : Flagged(root);
        return modes != PoolingModes.None
            ? new PoolingSettings(modes, root.Flag("include_prompt") ?? true)
            : throw root.Fault("pooling_mode_mean_tokens", "is false, and so is every other way of pooling");
    });

    private static PoolingModes Named(SettingsFile root, string name) =>
        Array.Find(Known, known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } found
            ? found.Mode
            : throw root.Fault("pooling_mode", $"is '{name}'; supported are {string.Join(", ", Known.Select(known => known.Name))}");

    /// <summary>Where the mean is not mentioned it is on, as in the class that wrote the file.</summary>
    private static PoolingModes Flagged(SettingsFile root) =>
        Known.Where(known => root.Flag(known.Key) ?? known.Mode == PoolingModes.Mean).Aggregate(PoolingModes.None, (modes, known) => modes | known.Mode);
}
