namespace Snug.AI;

/// <summary>How a server wants to be asked for JSON.</summary>
public enum JsonFormatStyle
{
    /// <summary><c>json_object</c>, and <c>json_schema</c> with the schema in it, as OpenAI defined them.</summary>
    Standard,

    /// <summary>Only <c>json_schema</c>: where any JSON will do, the schema allows every object.</summary>
    SchemaOnly,

    /// <summary><c>json</c> with the schema as <c>value</c>: the form of Text Generation Inference.</summary>
    Grammar,
}
