namespace Snug.Inference;

internal static partial class ConfigurationReader
{
    /// <summary>Reads rotary positions.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="positions">Most positions of the model.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="theta">Base of the frequencies if the file has none.</param>
    /// <param name="share">Share of a head that is rotated if the file does not say; null where whole heads are, always.</param>
    private static RopeConfiguration ReadRope(ConfigurationObject root, int positions, int headSize, double theta, double? share = null)
    {
        ConfigurationObject? scaling = root.Object("rope_parameters") ?? root.Object("rope_scaling");
        theta = root.Positive("rope_theta") ?? theta;
        double rotated = root.Number("partial_rotary_factor") ?? scaling?.Number("partial_rotary_factor") ?? share ?? 1;
        int size = (int)Math.Clamp(headSize * rotated, 0, MaxSize);
        if (rotated != 1 && (share is null || rotated > 1 || size < 2 || size % 2 != 0))
        {
            throw root.Fault("partial_rotary_factor", $"is {rotated}, which is not supported here");
        }

        RopeConfiguration rope = scaling is null ? new RopeConfiguration { Theta = theta } : ReadScaling(scaling, root, positions, size, theta);
        return rotated == 1 ? rope : rope with { RotatedSize = size };
    }

    private static RopeConfiguration ReadScaling(ConfigurationObject scaling, ConfigurationObject root, int positions, int size, double theta)
    {
        string kind = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        _ = scaling.Text("type");
        bool isPhi3 = root.Text("model_type") == "phi3";
        int? trained = isPhi3 ? root.Whole("original_max_position_embeddings", 1, MaxCount) : null;
        RopeConfiguration rope = new()
        {
            Theta = scaling.Positive("rope_theta") ?? theta,
            Scaling = kind switch
            {
                "default" => RopeScaling.None,

                // The first Phi-3 files have other names for it.
                "longrope" or "su" or "yarn" when isPhi3 => RopeScaling.LongRope,
                "longrope" => RopeScaling.LongRope,
                "linear" => RopeScaling.Linear,
                "dynamic" => RopeScaling.Dynamic,
                "llama3" => RopeScaling.Llama3,
                "yarn" => RopeScaling.Yarn,
                _ => throw scaling.Fault("rope_type", $"is '{kind}'; supported are default, linear, dynamic, llama3, yarn and longrope"),
            },
            OriginalPositions = scaling.Whole("original_max_position_embeddings", 1, MaxCount) ?? trained ?? positions,
            LowFrequencyFactor = scaling.Positive("low_freq_factor") ?? 1,
            HighFrequencyFactor = scaling.Positive("high_freq_factor") ?? 4,
            BetaFast = scaling.Positive("beta_fast") ?? 32,
            BetaSlow = scaling.Positive("beta_slow") ?? 1,
            Truncate = scaling.Flag("truncate") ?? true,
            AttentionFactor = scaling.Positive("attention_factor"),
        };
        if (rope.Scaling == RopeScaling.LongRope)
        {
            rope = rope with
            {
                ShortFactors = [.. scaling.PositiveNumbers("short_factor", size / 2) ?? throw scaling.Fault("short_factor", "is missing")],
                LongFactors = [.. scaling.PositiveNumbers("long_factor", size / 2) ?? throw scaling.Fault("long_factor", "is missing")],
            };
        }

        double? factor = scaling.Positive("factor");
        if (factor is null && rope.Scaling is RopeScaling.Linear or RopeScaling.Dynamic or RopeScaling.Llama3)
        {
            throw scaling.Fault("factor", "is missing");
        }

        if (rope.Scaling == RopeScaling.Llama3 && rope.HighFrequencyFactor <= rope.LowFrequencyFactor)
        {
            throw scaling.Fault("high_freq_factor", "must be more than low_freq_factor");
        }

        scaling.RefuseUnknown(None, None);
        return rope with { Factor = factor ?? (double)positions / rope.OriginalPositions };
    }
}
