namespace Snug.AI;

/// <summary>How a server is asked for embeddings.</summary>
public enum EmbeddingApi
{
    /// <summary>As OpenAI is: <c>/embeddings</c> under its address.</summary>
    OpenAI,

    /// <summary>
    /// As the inference service of Hugging Face is, behind its router: a path for each model that ends with
    /// <c>pipeline/feature-extraction</c> (<see cref="FeatureExtractionEmbeddingGenerator"/>).
    /// </summary>
    FeatureExtraction,

    /// <summary>It has none.</summary>
    None,
}
