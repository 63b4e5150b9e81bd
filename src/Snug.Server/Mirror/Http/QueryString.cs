namespace Snug.Server;

/// <summary>Reads <c>name=value</c> pairs, of a query or of a form.</summary>
internal ref struct QueryString(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    public string Name { get; private set; } = string.Empty;

    public string Value { get; private set; } = string.Empty;

    public bool Read()
    {
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOf('&');
            ReadOnlySpan<char> pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            int equals = pair.IndexOf('=');
            Name = Decode(equals < 0 ? pair : pair[..equals]);
            Value = equals < 0 ? string.Empty : Decode(pair[(equals + 1)..]);
            return true;
        }

        return false;
    }

    /// <summary>The last value of a name, or <see langword="null"/>.</summary>
    public static string? Get(ReadOnlySpan<char> text, string name)
    {
        string? found = null;
        QueryString query = new(text);
        while (query.Read())
        {
            if (query.Name == name)
            {
                found = query.Value;
            }
        }

        return found;
    }

    /// <summary>Whether a switch is on: Python's and JavaScript's spellings of true, <c>1</c>, or the bare name.</summary>
    public static bool IsOn(ReadOnlySpan<char> text, string name) => IsTrue(Get(text, name));

    public static bool IsTrue(string? value) =>
        value is not null && (value is "" or "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (text.Contains('+'))
        {
            return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
        }

        return text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();
    }
}
