using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Snug.Architecture.Tests;

/// <summary>Writes types and constants as C# does, with nullability and the names of tuple elements.</summary>
internal static class TypeText
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    /// <summary>Types of these namespaces, and of our own, are written without their namespace.</summary>
    private static readonly string[] Familiar =
    [
        "System", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks", "System.Collections.Generic",
    ];

    public static string Of(Type type) => Of(type, nullability: null, read: true, names: []);

    public static string Of(FieldInfo field) => Of(field.FieldType, Nullability.Create(field), read: true, TupleNames(field));

    public static string Of(EventInfo member) => Of(member.EventHandlerType!, Nullability.Create(member), read: true, TupleNames(member));

    public static string Of(PropertyInfo property) =>
        Reference(property.PropertyType, "ref ") + Of(property.PropertyType, Nullability.Create(property), property.CanRead, TupleNames(property));

    public static string Of(ParameterInfo parameter)
    {
        string passing = parameter.IsOut ? "out "
            : parameter.IsDefined(typeof(IsReadOnlyAttribute)) || parameter.IsIn ? "in "
            : parameter.IsDefined(typeof(RequiresLocationAttribute)) ? "ref readonly " : "ref ";
        string scoped = parameter.IsDefined(typeof(ScopedRefAttribute)) ? "scoped " : "";
        bool isReturned = parameter.Position < 0 || parameter.IsOut;
        return scoped + Reference(parameter.ParameterType, passing)
            + Of(parameter.ParameterType, Nullability.Create(parameter), isReturned, TupleNames(parameter));
    }

    /// <summary>A type's name as its declaration has it: inside its outer types, with the names of its own parameters.</summary>
    public static string Declaration(Type type) =>
        (type.DeclaringType is { } outer ? Plain(outer) + "." : "") + Plain(type)
            + (type.IsGenericTypeDefinition && OwnArguments(type) is { Length: > 0 } own ? $"<{string.Join(", ", own.Select(Variance))}>" : "");

    /// <summary>A type's name without namespace, outer types and parameters.</summary>
    public static string Plain(Type type) => type.Name.Split('`')[0];

    public static string Constraints(Type[] arguments)
    {
        StringBuilder text = new();
        foreach (Type argument in arguments.Where(argument => argument.IsGenericParameter))
        {
            GenericParameterAttributes flags = argument.GenericParameterAttributes;
            bool isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            string[] parts =
            [
                .. flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : (string[])[],
                .. isStruct ? ["struct"] : (string[])[],
                .. argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Of).Order(StringComparer.Ordinal),
                .. flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? ["new()"] : (string[])[],
                .. flags.HasFlag(GenericParameterAttributes.AllowByRefLike) ? ["allows ref struct"] : (string[])[],
            ];
            text.Append(parts.Length > 0 ? $" where {argument.Name} : {string.Join(", ", parts)}" : "");
        }

        return text.ToString();
    }

    public static string Literal(object? value, Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => type.IsValueType && bare == type ? "default" : "null",
            _ when bare.IsEnum => EnumLiteral(Enum.ToObject(bare, value), bare),
            string text => $"\"{string.Concat(text.Select(Escape))}\"",
            char character => $"'{Escape(character)}'",
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    private static string EnumLiteral(object value, Type type) =>
        Enum.IsDefined(type, value) ? $"{Plain(type)}.{value}" : $"({Plain(type)}){Convert.ToDecimal(value, CultureInfo.InvariantCulture)}";

    private static string Escape(char character) => character switch
    {
        '"' or '\'' or '\\' => $"\\{character}",
        < ' ' or > '~' => $"\\u{(int)character:x4}",
        _ => character.ToString(),
    };

    private static string Of(Type type, NullabilityInfo? nullability, bool read, Queue<string?> names)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, nullability, read, names);
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Of(value, nullability, read, names) + "?";
        }

        // Reflection cannot tell T from T? where T has no constraint.
        bool isOpen = type.IsGenericParameter && !type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);
        bool mayBeNull = !type.IsValueType && !isOpen
            && (read ? nullability?.ReadState : nullability?.WriteState) == NullabilityState.Nullable;
        return Bare(type, nullability, read, names) + (mayBeNull ? "?" : "");
    }

    private static string Bare(Type type, NullabilityInfo? nullability, bool read, Queue<string?> names)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, nullability?.ElementType, read, names)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return Of(type.GetElementType()!) + "*";
        }

        Type[] arguments = type.GetGenericArguments();
        bool isTuple = type.Namespace == "System" && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal);
        string?[] elements = [.. arguments.Select(_ => isTuple ? names.TryDequeue(out string? name) ? name : null : null)];
        string[] texts = [.. arguments.Select((argument, i) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i), read, names))];
        if (isTuple)
        {
            return $"({string.Join(", ", texts.Select((text, i) => elements[i] is { } name ? $"{text} {name}" : text))})";
        }

        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string prefix = type.DeclaringType is { } outer
            ? Of(inherited > 0 && !type.IsGenericTypeDefinition ? outer.MakeGenericType(arguments[..inherited]) : outer) + "."
            : Familiar.Contains(type.Namespace) || type.Namespace?.StartsWith("Snug.", StringComparison.Ordinal) == true ? "" : type.Namespace + ".";
        return prefix + Plain(type) + (texts.Length > inherited ? $"<{string.Join(", ", texts[inherited..])}>" : "");
    }

    private static string Reference(Type type, string passing) => type.IsByRef ? passing : "";

    private static Type[] OwnArguments(Type type) => type.GetGenericArguments()[(type.DeclaringType?.GetGenericArguments().Length ?? 0)..];

    private static string Variance(Type argument) => (argument.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out " + argument.Name,
        GenericParameterAttributes.Contravariant => "in " + argument.Name,
        _ => argument.Name,
    };

    private static Queue<string?> TupleNames(ICustomAttributeProvider element) => new(
        element.GetCustomAttributes(typeof(TupleElementNamesAttribute), inherit: false)
            .Cast<TupleElementNamesAttribute>().FirstOrDefault()?.TransformNames ?? []);
}
