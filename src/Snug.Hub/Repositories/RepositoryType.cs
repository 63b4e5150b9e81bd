namespace Snug.Hub;

/// <summary>The kinds of repository that the Hub hosts.</summary>
public enum RepositoryType
{
    /// <summary>A model repository, addressed without a prefix: <c>openai/whisper-tiny</c>.</summary>
    Model,

    /// <summary>A dataset repository, addressed as <c>datasets/rajpurkar/squad</c>.</summary>
    Dataset,

    /// <summary>A space (application) repository, addressed as <c>spaces/gradio/hello_world</c>.</summary>
    Space,
}
