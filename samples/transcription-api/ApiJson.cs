using System.Text.Json.Serialization;

namespace TranscriptionApi;

/// <summary>How answers are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
