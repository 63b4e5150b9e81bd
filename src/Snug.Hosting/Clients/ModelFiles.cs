namespace Snug.Hosting;

/// <summary>Which files of a repository a client of its model needs, when nobody says.</summary>
internal static class ModelFiles
{
    private static readonly string[] Needed = ["*.json", "*.jinja", "*.txt", "*.model", "*.spm", "*.tiktoken", "*.safetensors", "*.gguf"];

    /// <summary>The same weights for other engines, and once more in the form that they were published in.</summary>
    private static readonly string[] NotNeeded = ["onnx/*", "openvino/*", "coreml/*", "original/*", "consolidated*"];

    public static void Select(SnugModelOptions model)
    {
        if (model.Include.Count > 0 || model.Exclude.Count > 0)
        {
            return;
        }

        foreach (string pattern in Needed)
        {
            model.Include.Add(pattern);
        }

        foreach (string pattern in NotNeeded)
        {
            model.Exclude.Add(pattern);
        }
    }
}
