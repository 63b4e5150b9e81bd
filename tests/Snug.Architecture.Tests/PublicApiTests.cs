using System.Reflection;

namespace Snug.Architecture.Tests;

/// <summary>A change of what callers see is made on purpose, or not at all: the surface of each library is compared with <c>api/*.txt</c>.</summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "SNUG_UPDATE_API";

    public static TheoryData<string> Libraries =>
        [.. ProjectFile.LoadSources().Where(project => !project.IsProgram).Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void What_callers_see_is_what_was_agreed(string library)
    {
        string path = $"api/{library}.txt";
        string actual = PublicApi.Describe(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Repository.FullPath("api"));
            File.WriteAllText(Repository.FullPath(path), actual);
        }

        string expected = File.Exists(Repository.FullPath(path)) ? Repository.Read(path) : "";
        if (actual == expected)
        {
            return;
        }

        IReadOnlyList<string> differences = PublicApi.Differences(expected, actual);
        Assert.Fail($"""
            The public surface of {library} is not the one in {path}:
            {(differences.Count > 0 ? string.Join('\n', differences) : "(the same lines in another order)")}
            If callers should see this, run the tests of Snug.Architecture.Tests once with {UpdateVariable}=1, look at the file, and commit it.
            """);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void All_public_types_of_a_library_share_its_namespace(string library) =>
        Assert.All(Assembly.Load(library).GetExportedTypes(), type => Assert.Equal(library, type.Namespace));

    [Fact]
    public void There_is_no_file_without_a_library() =>
        Assert.Empty(Repository.Find("api", "*.txt").Select(Path.GetFileNameWithoutExtension).Except(Libraries.Select(row => row.Data)));

    [Fact]
    public void A_difference_is_told_with_the_type_it_belongs_to() =>
        Assert.Equal(
            ["- public class A :: int Old()", "+ public class A :: int New()", "+ public class B"],
            PublicApi.Differences("# x\n\npublic class A\n    int Old()\n    int Same()\n", "public class A\n    int New()\n    int Same()\n\npublic class B\n"));

    [Fact]
    public void Signatures_are_written_in_full()
    {
        string[] expected =
        [
            "public abstract class Sample<T> : List<T>, IDisposable where T : class, new()",
            "    protected static readonly int[] Numbers",
            "    const string Quote = \"\\\"\\u000a\"",
            "    protected Sample(string? name = null)",
            "    virtual T this[string key] { get; }",
            "    required string Name { get; init; }",
            "    (int Count, (string? Text, T) Other)? Pair { get; protected set; }",
            "    event EventHandler<string>? Changed",
            "    virtual void Dispose()",
            "    [Obsolete] abstract Task<IReadOnlyList<string?>?> RunAsync<TItem>(TItem item, DayOfWeek? day = DayOfWeek.Friday, CancellationToken cancellationToken = default) where TItem : struct, IComparable<TItem>",
            "    static bool TryParse(ReadOnlySpan<char> text, out T? value, in long limit, params int[] rest)",
        ];

        Assert.Equal(expected, PublicApi.Describe(typeof(Sample<>)));
    }

    [Fact]
    public void Records_enums_delegates_and_nested_types_are_written_as_such()
    {
        Assert.Equal(
            [
                "public readonly record struct Point : IEquatable<Point>",
                "    Point(int X, double? Y)",
                "    int X { get; init; }",
                "    double? Y { get; init; }",
                "    void Deconstruct(out int X, out double? Y)",
            ],
            PublicApi.Describe(typeof(Point)));
        Assert.Equal(["[Flags] public enum Shades : byte", "    None = 0", "    Dark = 1"], PublicApi.Describe(typeof(Shades)));
        Assert.Equal(["public delegate void Handler<in T>(T item)"], PublicApi.Describe(typeof(Handler<>)));
        Assert.Equal(["public static class Outer", "    static int Twice(this int number)"], PublicApi.Describe(typeof(Outer)));
        Assert.Equal(["public static class Outer.Inner", "    static int Half(int number)"], PublicApi.Describe(typeof(Outer.Inner)));
    }
}
