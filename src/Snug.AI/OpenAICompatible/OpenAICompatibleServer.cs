namespace Snug.AI;

/// <summary>What is known of a server that speaks the chat-completions protocol of OpenAI: its address, and where it departs from it.</summary>
public sealed record OpenAICompatibleServer
{
    /// <summary>The name of the provider, as it stands in logs, errors and metadata.</summary>
    public required string Name { get; init; }

    /// <summary>The usual address with the path up to and including the version, or <see langword="null"/> where there is none.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>Whether requests to <see cref="BaseAddress"/> are refused without a key.</summary>
    public bool RequiresKey { get; init; }

    /// <summary>The environment variable that the key is usually kept in.</summary>
    public string KeyVariable { get; init; } = "OPENAI_API_KEY";

    /// <summary>The page where keys are made, if there is one.</summary>
    public Uri? KeyPage { get; init; }

    /// <summary>The model that is asked for when nobody names one; servers of one model take any name.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Under which name the most tokens of an answer are sent.</summary>
    public MaxTokensField MaxTokensField { get; init; }

    /// <summary>How JSON is asked for.</summary>
    public JsonFormatStyle JsonFormat { get; init; }

    /// <summary>
    /// Whether <c>tool_choice</c> may name a function. Where it may not, the request carries that one tool only and <c>required</c>.
    /// </summary>
    public bool AcceptsNamedToolChoice { get; init; } = true;

    /// <summary>Whether <c>top_k</c> is sent; a server that does not know it may refuse the request.</summary>
    public bool AcceptsTopK { get; init; } = true;

    /// <summary>Whether usage is asked for at the end of a stream (<c>stream_options.include_usage</c>).</summary>
    public bool AcceptsStreamOptions { get; init; } = true;

    /// <summary>
    /// Whether the server may leave a model's reasoning in the text, between <c>&lt;think></c> and <c>&lt;/think></c> at its start, so that it is
    /// taken out of there. vLLM does without a reasoning parser, and so do llama.cpp, Ollama and others, depending on how they are started.
    /// </summary>
    public bool MayInlineReasoning { get; init; } = true;

    /// <summary>How the server is asked for embeddings.</summary>
    public EmbeddingApi Embeddings { get; init; }

    /// <summary>The most texts that are sent in one request for embeddings.</summary>
    public int EmbeddingBatchSize { get; init; } = 128;

    /// <summary>OpenAI's own service.</summary>
    public static OpenAICompatibleServer OpenAI { get; } = new()
    {
        Name = "openai",
        BaseAddress = new("https://api.openai.com/v1"),
        RequiresKey = true,
        KeyPage = new("https://platform.openai.com/api-keys"),
        MaxTokensField = MaxTokensField.MaxCompletionTokens,
        AcceptsTopK = false,
        MayInlineReasoning = false,
    };

    /// <summary>The router of Hugging Face, which hands conversations on to inference providers.</summary>
    public static OpenAICompatibleServer HuggingFaceRouter { get; } = new()
    {
        Name = "huggingface-router",
        BaseAddress = new("https://router.huggingface.co/v1"),
        RequiresKey = true,
        KeyVariable = "HF_TOKEN",
        KeyPage = new("https://huggingface.co/settings/tokens"),
        AcceptsTopK = false,
        Embeddings = EmbeddingApi.FeatureExtraction,
        EmbeddingBatchSize = 32,
    };

    /// <summary>vLLM.</summary>
    public static OpenAICompatibleServer Vllm { get; } = new() { Name = "vllm", BaseAddress = new("http://localhost:8000/v1") };

    /// <summary>Text Generation Inference.</summary>
    public static OpenAICompatibleServer TextGenerationInference { get; } = new()
    {
        Name = "tgi",
        BaseAddress = new("http://localhost:8080/v1"),
        DefaultModel = "tgi",
        JsonFormat = JsonFormatStyle.Grammar,
        EmbeddingBatchSize = 32,
    };

    /// <summary>The server of llama.cpp.</summary>
    public static OpenAICompatibleServer LlamaCpp { get; } = new()
    {
        Name = "llama.cpp",
        BaseAddress = new("http://localhost:8080/v1"),
        DefaultModel = "default",
    };

    /// <summary>Ollama.</summary>
    public static OpenAICompatibleServer Ollama { get; } = new()
    {
        Name = "ollama",
        BaseAddress = new("http://localhost:11434/v1"),
        AcceptsNamedToolChoice = false,
    };

    /// <summary>LM Studio.</summary>
    public static OpenAICompatibleServer LMStudio { get; } = new()
    {
        Name = "lm-studio",
        BaseAddress = new("http://localhost:1234/v1"),
        JsonFormat = JsonFormatStyle.SchemaOnly,
        AcceptsNamedToolChoice = false,
    };

    /// <summary>A server of which nothing is known but that it speaks the protocol.</summary>
    public static OpenAICompatibleServer Other { get; } = new() { Name = "openai-compatible" };

    /// <summary>Every preset.</summary>
    public static IReadOnlyList<OpenAICompatibleServer> All { get; } =
        [OpenAI, HuggingFaceRouter, Vllm, TextGenerationInference, LlamaCpp, Ollama, LMStudio, Other];
}
