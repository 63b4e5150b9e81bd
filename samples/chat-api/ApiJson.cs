using System.Text.Json.Serialization;

namespace ChatApi;

/// <summary>How requests are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
