namespace Snug.Inference;
internal static class GgufConfiguration { public static ModelConfiguration Read(GgufFile file) => throw new NotSupportedException(file.FilePath); }
