using System.Text.Json.Serialization;

namespace ChatApi;

/// <summary>How requests are read and answers written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(ChatRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
