using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Snug.AI;

/// <summary>
/// Puts function calls together from the fragments in which servers send them. Servers differ: some leave out the index, some give
/// every call the same one, some send the arguments as an object, numbers as ids, or no id at all.
/// </summary>
internal sealed class ToolCallAssembler(ProviderErrors errors)
{
    /// <summary>The most calls of one answer.</summary>
    public const int MaxCalls = 1024;

    /// <summary>The most characters of all names and arguments of one answer.</summary>
    public const int MaxArguments = 16 * 1024 * 1024;

    /// <summary>The most characters of arguments that are looked at before they are known to be complete, again with each name that comes.</summary>
    private const int MaxChecked = 64 * 1024;

    private readonly List<Call> _calls = [];
    private int _length;

    public bool IsEmpty => _calls.Count == 0;

    /// <summary>Takes what a message, or a piece of one, says of calls.</summary>
    /// <param name="message">The message or piece.</param>
    /// <param name="isWhole">Whether it is a whole message: then each of its calls is one of its own, whatever its id.</param>
    public void Accept(JsonElement message, bool isWhole)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (message.TryGetProperty("tool_calls", out JsonElement calls))
        {
            if (calls.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement call in calls.EnumerateArray())
                {
                    Add(call, isWhole);
                }
            }
            else
            {
                Add(calls, isWhole);
            }
        }

        // The form before there were tools: one function, no id.
        if (Json.Object(message, "function_call") is { } single)
        {
            Add(null, null, single, isWhole);
        }
    }

    /// <summary>The calls in the order in which they began.</summary>
    public List<AIContent> Complete()
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        List<AIContent> contents = [];
        foreach (Call call in _calls)
        {
            // Results are matched to calls by id, so no two calls may share one.
            string id = call.Id is { Length: > 0 } given && ids.Add(given) ? given : NewId(ids);
            contents.Add(Read(id, call));
        }

        return contents;
    }

    private static string NewId(HashSet<string> ids)
    {
        for (int number = ids.Count; ; number++)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"call_{number}");
            if (ids.Add(id))
            {
                return id;
            }
        }
    }

    private static FunctionCallContent Read(string id, Call call)
    {
        string text = call.Arguments.ToString();
        FunctionCallContent content = FunctionCallContent.CreateFromParsedArguments(text, id, call.Name ?? "", ParseArguments);
        if (content.Exception is not null)
        {
            // What could not be read is kept: it may be shown to the model, or to a person.
            content.AdditionalProperties = new() { ["arguments"] = text };
        }

        return content;
    }

    private static Dictionary<string, object?>? ParseArguments(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        JsonElement root = Json.Parse(text);
        if (root.ValueKind == JsonValueKind.String)
        {
            // Some servers write JSON into a string once too often.
            root = Json.Parse(root.GetString()!);
        }

        return root.ValueKind switch
        {
            JsonValueKind.Object => ToDictionary(root),
            JsonValueKind.Null => [],
            _ => throw new JsonException("The arguments are not an object."),
        };
    }

    private static Dictionary<string, object?> ToDictionary(JsonElement root)
    {
        Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            arguments[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
        }

        return arguments;
    }

    private void Add(JsonElement fragment, bool isWhole)
    {
        if (fragment.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        Add(Json.Count(fragment, "index"), Json.Text(fragment, "id"), Json.Object(fragment, "function") ?? fragment, isWhole);
    }

    private void Add(long? index, string? id, JsonElement function, bool isWhole)
    {
        string arguments = Arguments(function);
        string? name = Json.String(function, "name");
        _length += arguments.Length + (name?.Length ?? 0);
        if (_length > MaxArguments)
        {
            throw errors.Protocol("the arguments of its function calls are too long");
        }

        Find(index, id, name, arguments.Length > 0, isWhole).Arguments.Append(arguments);
    }

    private static string Arguments(JsonElement function) =>
        !function.TryGetProperty("arguments", out JsonElement arguments) && !function.TryGetProperty("parameters", out arguments) ? ""
        : arguments.ValueKind switch
        {
            JsonValueKind.String => arguments.GetString()!,
            JsonValueKind.Object => arguments.GetRawText(),
            _ => "",
        };

    /// <summary>
    /// The call that a fragment belongs to. A name begins a new call, even under an index that is taken, when it comes with another id, or
    /// with arguments where those of the call are whole; without index and id, a name begins one and anything else goes on with the last.
    /// </summary>
    private Call Find(long? index, string? id, string? name, bool hasArguments, bool isWhole)
    {
        bool hasId = !string.IsNullOrEmpty(id);
        bool hasName = !string.IsNullOrEmpty(name);
        Call? call = isWhole ? null
            : index is not null ? _calls.FindLast(c => c.Index == index)
            : hasId ? _calls.FindLast(c => c.Id == id)
            : hasName || _calls.Count == 0 ? null : _calls[^1];
        if (call is not null && hasName && ((hasId && call.Id is not null && call.Id != id) || (hasArguments && (!hasId || call.Id != id) && call.IsWhole)))
        {
            call = null;
        }

        if (call is null)
        {
            if (_calls.Count == MaxCalls)
            {
                throw errors.Protocol("it has too many function calls");
            }

            _calls.Add(call = new Call { Index = index });
        }

        call.Id ??= hasId ? id : null;
        if (hasName && call.Name != name)
        {
            // Some servers send the name in pieces, others repeat it whole.
            call.Name += name;
        }

        return call;
    }

    private sealed class Call
    {
        public long? Index { get; init; }

        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();

        /// <summary>Whether the arguments are a whole object already.</summary>
        public bool IsWhole
        {
            get
            {
                if (Arguments.Length is < 2 or > MaxChecked || Arguments[^1] != '}')
                {
                    return false;
                }

                try
                {
                    return Json.Parse(Arguments.ToString()).ValueKind == JsonValueKind.Object;
                }
                catch (JsonException)
                {
                    return false;
                }
            }
        }
    }
}
