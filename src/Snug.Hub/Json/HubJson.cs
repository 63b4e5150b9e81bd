using System.Text.Json;
using System.Text.Json.Serialization;

namespace Snug.Hub;

/// <summary>Source-generated readers and writers for the Hub's JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = 32, RespectNullableAnnotations = false)]
[JsonSerializable(typeof(RepositoryInfoDto))]
[JsonSerializable(typeof(List<TreeEntryDto>))]
[JsonSerializable(typeof(RefsDto))]
[JsonSerializable(typeof(PathsInfoRequestDto))]
[JsonSerializable(typeof(JournalHeader))]
[JsonSerializable(typeof(CallerDto))]
internal sealed partial class HubJson : JsonSerializerContext;
