using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Snug.Architecture.Tests;

/// <summary>Writes down what a caller of an assembly can see: every public type and member, one a line, in an order that never depends on the source.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        text.Append($"# What {assembly.GetName().Name} shows its callers. CONTRIBUTING.md tells how to change it.\n");
        foreach (IGrouping<string, Type> space in assembly.GetExportedTypes()
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal))
            .GroupBy(type => type.Namespace ?? "")
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append($"\nnamespace {space.Key}\n");
            foreach (Type type in space.OrderBy(type => type.FullName, StringComparer.Ordinal))
            {
                text.Append('\n');
                text.AppendJoin("", Describe(type).Select(line => line + "\n"));
            }
        }

        return text.ToString();
    }

    /// <summary>The declaration of a type, then its members, indented.</summary>
    public static IEnumerable<string> Describe(Type type)
    {
        string attributes = Attributes(type) + (type.IsDefined(typeof(FlagsAttribute), inherit: false) ? "[Flags] " : "");
        if (typeof(Delegate).IsAssignableFrom(type) && type.GetMethod("Invoke") is { } invoke)
        {
            return [$"{attributes}public delegate {TypeText.Of(invoke.ReturnParameter)} {TypeText.Declaration(type)}({Parameters(invoke)}){TypeText.Constraints(type.GetGenericArguments())}"];
        }

        return [attributes + Header(type), .. (type.IsEnum ? EnumMembers(type) : Members(type)).Select(member => "    " + member)];
    }

    /// <summary>The lines that only one of two descriptions has, each with the type it belongs to.</summary>
    public static IReadOnlyList<string> Differences(string expected, string actual)
    {
        List<string> before = Qualify(expected);
        List<string> after = Qualify(actual);
        return [.. before.Except(after).Select(line => "- " + line), .. after.Except(before).Select(line => "+ " + line)];
    }

    private static List<string> Qualify(string text)
    {
        List<string> lines = [];
        string type = "";
        foreach (string line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            type = line[0] == ' ' ? type : line;
            lines.Add(line[0] == ' ' ? $"{type} :: {line.Trim()}" : line);
        }

        return lines;
    }

    private static string Header(Type type)
    {
        bool isRecord = IsRecord(type);
        string kind = type.IsInterface ? "interface"
            : type.IsEnum ? "enum"
            : type.IsValueType ? (isRecord ? "record struct" : "struct")
            : isRecord ? "record" : "class";
        string modifiers = kind is "interface" or "enum" ? ""
            : type.IsValueType ? (type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "")
            : type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        IEnumerable<string> bases = type.IsEnum
            ? Enum.GetUnderlyingType(type) == typeof(int) ? [] : [TypeText.Of(Enum.GetUnderlyingType(type))]
            : [.. type.BaseType is { } super && super != typeof(object) && super != typeof(ValueType) ? [TypeText.Of(super)] : (string[])[],
                .. DeclaredInterfaces(type).Select(TypeText.Of).Order(StringComparer.Ordinal)];
        string list = string.Join(", ", bases);
        string access = type.IsNestedFamily || type.IsNestedFamORAssem ? "protected" : "public";
        return $"{access} {modifiers}{kind} {TypeText.Declaration(type)}{(list.Length > 0 ? " : " + list : "")}{TypeText.Constraints(type.GetGenericArguments())}";
    }

    /// <summary>The interfaces that neither the base type nor another interface brings along.</summary>
    private static IEnumerable<Type> DeclaredInterfaces(Type type)
    {
        Type[] all = type.GetInterfaces();
        return all.Where(i => i.IsVisible)
            .Except(type.BaseType?.GetInterfaces() ?? [])
            .Except(all.SelectMany(i => i.GetInterfaces()));
    }

    private static IEnumerable<string> EnumMembers(Type type) =>
        from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        let value = field.GetRawConstantValue()
        orderby Convert.ToDecimal(value), field.Name
        select $"{Attributes(field)}{field.Name} = {value}";

    private static IEnumerable<string> Members(Type type)
    {
        bool isRecord = IsRecord(type);
        IEnumerable<MethodInfo> methods = type.GetMethods(Declared).Where(method =>
            IsSeen(method) && method.Name[0] != '<' && !IsAccessor(method) && !IsOverrideOfObject(method)
            && !(isRecord && IsGenerated(method) && method.Name != "Deconstruct"));
        return
        [
            .. Ordered(type.GetFields(Declared).Where(IsSeen), Field),
            .. Ordered(type.GetConstructors(Declared).Where(c => IsSeen(c) && !c.IsStatic && !(isRecord && IsGenerated(c))), Constructor),
            .. Ordered(
                type.GetProperties(Declared).Where(p => p.GetAccessors(nonPublic: true).Any(IsSeen) && !(isRecord && p.Name == "EqualityContract")),
                Property),
            .. Ordered(
                type.GetEvents(Declared).Where(e => IsSeen(e.AddMethod!)),
                e => $"{Attributes(e)}{Modifiers(e.AddMethod!)}event {TypeText.Of(e)} {e.Name}"),
            .. Ordered(methods, Method),
        ];
    }

    /// <summary>By name, and overloads by their text.</summary>
    private static IEnumerable<string> Ordered<T>(IEnumerable<T> members, Func<T, string> write)
        where T : MemberInfo =>
        members.Select(member => (member.Name, Text: write(member)))
            .OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Text, StringComparer.Ordinal)
            .Select(member => member.Text);

    private static string Field(FieldInfo field)
    {
        string access = Attributes(field) + (field.IsPublic ? "" : "protected ");
        return field.IsLiteral
            ? $"{access}const {TypeText.Of(field)} {field.Name} = {TypeText.Literal(field.GetRawConstantValue(), field.FieldType)}"
            : $"{access}{Required(field)}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{TypeText.Of(field)} {field.Name}";
    }

    private static string Constructor(ConstructorInfo constructor) =>
        $"{Attributes(constructor)}{(constructor.IsPublic ? "" : "protected ")}{TypeText.Plain(constructor.DeclaringType!)}({Parameters(constructor)})";

    private static string Property(PropertyInfo property)
    {
        MethodInfo widest = property.GetAccessors(nonPublic: true).OrderByDescending(accessor => accessor.IsPublic).First(IsSeen);
        StringBuilder accessors = new();
        foreach (MethodInfo accessor in property.GetAccessors(nonPublic: true).Where(IsSeen).OrderBy(accessor => accessor != property.GetMethod))
        {
            bool init = accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            accessors.Append(accessor.IsPublic || !widest.IsPublic ? "" : "protected ").Append(accessor == property.GetMethod ? "get; " : init ? "init; " : "set; ");
        }

        string name = property.GetIndexParameters() is { Length: > 0 } indexes ? $"this[{Parameters(indexes)}]" : property.Name;
        return $"{Attributes(property)}{Modifiers(widest)}{Required(property)}{TypeText.Of(property)} {name} {{ {accessors}}}";
    }

    private static string Method(MethodInfo method)
    {
        string generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{Attributes(method)}{Modifiers(method)}{TypeText.Of(method.ReturnParameter)} {method.Name}{generics}({Parameters(method)}){TypeText.Constraints(method.GetGenericArguments())}";
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "") + Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
    {
        string variable = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        string value = parameter.HasDefaultValue ? " = " + TypeText.Literal(parameter.RawDefaultValue, parameter.ParameterType) : "";
        return $"{variable}{TypeText.Of(parameter)} {parameter.Name}{value}";
    }));

    private static string Modifiers(MethodInfo method)
    {
        bool overrides = method.GetBaseDefinition().DeclaringType != method.DeclaringType;
        string access = method.IsPublic ? "" : "protected ";
        return access + method switch
        {
            { IsStatic: true } => method.IsAbstract ? "static abstract " : "static ",
            { DeclaringType.IsInterface: true } => method.IsAbstract ? "" : "virtual ",
            _ when overrides => method.IsFinal ? "sealed override " : method.IsAbstract ? "abstract override " : "override ",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
    }

    private static string Attributes(MemberInfo member)
    {
        string obsolete = member.IsDefined(typeof(ObsoleteAttribute), inherit: false) && !member.DeclaresByRefLikeOnly() ? "[Obsolete] " : "";
        string experimental = member.GetCustomAttribute<ExperimentalAttribute>() is { } attribute ? $"[Experimental({attribute.DiagnosticId})] " : "";
        return obsolete + experimental;
    }

    /// <summary>Compilers mark ref structs, and constructors of types with required members, as obsolete for older compilers; that is no news.</summary>
    private static bool DeclaresByRefLikeOnly(this MemberInfo member) =>
        member is Type { IsByRefLike: true } || member.IsDefined(typeof(CompilerFeatureRequiredAttribute), inherit: false);

    private static string Required(MemberInfo member) => member.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";

    private static bool IsSeen(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsSeen(FieldInfo field) =>
        field.IsPublic || ((field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed);

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsOverrideOfObject(MethodInfo method) =>
        method.GetBaseDefinition().DeclaringType is { } type && (type == typeof(object) || type == typeof(ValueType)) && type != method.DeclaringType;

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static bool IsRecord(Type type) => type.IsValueType
        ? type.GetMethod("PrintMembers", Declared) is { } print && IsGenerated(print)
        : type.GetMethod("<Clone>$", Declared) is not null;
}
