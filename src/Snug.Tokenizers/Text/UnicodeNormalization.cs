namespace Snug.Tokenizers;

/// <summary>
/// The four Unicode normalization forms at the level of the reference's crate, which works through a text as a stream and says
/// of every character how it came to be. The stream is followed step by step: offsets depend on it.
/// </summary>
internal sealed class UnicodeNormalization
{
    private const int HangulSyllables = 0xAC00;
    private const int HangulLeads = 0x1100;
    private const int HangulVowels = 0x1161;
    private const int HangulTrails = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int HangulCount = 19 * VowelCount * TrailCount;

    private static readonly Lazy<CodePointSequences> Canonical = new(() => new CodePointSequences(NormalizationTable.Canonical));

    private static readonly Lazy<CodePointSequences> Compatible = new(() => new CodePointSequences(NormalizationTable.Compatible));

    private static readonly Lazy<CodePointSequences> Classes = new(() =>
    {
        ReadOnlySpan<int> classes = NormalizationTable.CombiningClasses;
        int[] entries = new int[classes.Length * 3];
        for (int i = 0; i < classes.Length; i++)
        {
            (entries[3 * i], entries[(3 * i) + 1], entries[(3 * i) + 2]) = (classes[i] >> 8, 1, classes[i] & 255);
        }

        return new CodePointSequences(entries);
    });

    private static readonly Lazy<Dictionary<long, int>> Compositions = new(() =>
    {
        ReadOnlySpan<int> triples = NormalizationTable.Compositions;
        Dictionary<long, int> map = new(triples.Length / 3);
        for (int i = 0; i < triples.Length; i += 3)
        {
            map.Add(((long)triples[i] << 32) | (uint)triples[i + 1], triples[i + 2]);
        }

        return map;
    });

    [ThreadStatic]
    private static UnicodeNormalization? _ofThread;

    private readonly List<Mark> _pending = [];
    private readonly List<Mark> _blocked = [];
    private Mark _starter;
    private bool _hasStarter;
    private int _lastClass;

    public static UnicodeNormalization OfThread => _ofThread ??= new UnicodeNormalization();

    /// <summary>Normalizes a text.</summary>
    public void Normalize(AlignedText text, bool compose, bool compatible)
    {
        if (IsPlain(text.Text))
        {
            return;
        }

        _pending.Clear();
        _blocked.Clear();
        _hasStarter = false;
        _lastClass = -1;
        text.Begin();
        ReadOnlySpan<byte> source = text.Text;
        for (int at = 0; at < source.Length;)
        {
            Decompose(text, Utf8.Next(source, ref at), compose, compatible);
        }

        FlushPending(text, compose);
        if (_hasStarter)
        {
            Write(text, _starter);
        }

        WriteBlocked(text);
        text.Commit();
    }

    /// <summary>ASCII, the common case, cannot change.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAnyInRange((byte)0x80, (byte)0xFF);

    private static int ClassOf(int c)
    {
        if (c < 0x300)
        {
            return 0;
        }

        ReadOnlySpan<int> found = Classes.Value[c];
        return found.IsEmpty ? 0 : found[0];
    }

    private void Decompose(AlignedText text, int c, bool compose, bool compatible)
    {
        if (c < 0x80)
        {
            Push(text, c, 0, compose);
            return;
        }

        int syllable = c - HangulSyllables;
        if ((uint)syllable < HangulCount)
        {
            Push(text, HangulLeads + (syllable / (VowelCount * TrailCount)), 0, compose);
            Push(text, HangulVowels + (syllable % (VowelCount * TrailCount) / TrailCount), 1, compose);
            if (syllable % TrailCount > 0)
            {
                Push(text, HangulTrails + (syllable % TrailCount), 1, compose);
            }

            return;
        }

        ReadOnlySpan<int> parts = compatible ? Compatible.Value[c] : default;
        if (parts.IsEmpty)
        {
            parts = Canonical.Value[c];
        }

        if (parts.IsEmpty)
        {
            Push(text, c, 0, compose);
            return;
        }

        for (int i = 0; i < parts.Length; i++)
        {
            Push(text, parts[i], i == 0 ? 0 : 1, compose);
        }
    }

    /// <summary>Takes a decomposed character; marks wait until the next starter, then go out in order of their class.</summary>
    private void Push(AlignedText text, int c, int change, bool compose)
    {
        int combining = ClassOf(c);
        if (combining == 0)
        {
            FlushPending(text, compose);
            Next(text, new Mark(c, change, 0), compose);
            return;
        }

        _pending.Add(new Mark(c, change, combining));
    }

    private void FlushPending(AlignedText text, bool compose)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        Sort();
        foreach (Mark mark in _pending)
        {
            Next(text, mark, compose);
        }

        _pending.Clear();
    }

    /// <summary>Stable: marks of one class keep their order. Runs of thousands of marks are sorted by class in one pass.</summary>
    private void Sort()
    {
        if (_pending.Count == 1)
        {
            return;
        }

        if (_pending.Count > 32)
        {
            Mark[] sorted = [.. _pending.OrderBy(mark => mark.Class)];
            _pending.Clear();
            _pending.AddRange(sorted);
            return;
        }

        for (int i = 1; i < _pending.Count; i++)
        {
            Mark mark = _pending[i];
            int k = i;
            while (k > 0 && _pending[k - 1].Class > mark.Class)
            {
                _pending[k] = _pending[k - 1];
                k--;
            }

            _pending[k] = mark;
        }
    }

    private void Next(AlignedText text, Mark mark, bool compose)
    {
        if (!compose)
        {
            Write(text, mark);
            return;
        }

        if (!_hasStarter)
        {
            if (mark.Class != 0)
            {
                Write(text, mark);
                return;
            }

            (_starter, _hasStarter) = (mark, true);
            return;
        }

        if (_lastClass >= mark.Class && _lastClass >= 0)
        {
            // Blocked from the starter.
            if (mark.Class == 0)
            {
                Write(text, _starter);
                WriteBlocked(text);
                _starter = mark;
                _lastClass = -1;
                return;
            }

            _blocked.Add(mark);
            _lastClass = mark.Class;
            return;
        }

        int composed = Compose(_starter.Character, mark.Character);
        if (composed >= 0)
        {
            _starter = new Mark(composed, _starter.Change + mark.Change - 1, 0);
            return;
        }

        if (mark.Class == 0)
        {
            Write(text, _starter);
            _starter = mark;
            return;
        }

        _blocked.Add(mark);
        _lastClass = mark.Class;
    }

    private static int Compose(int first, int second)
    {
        if ((uint)(first - HangulLeads) < 19 && (uint)(second - HangulVowels) < VowelCount)
        {
            return HangulSyllables + ((((first - HangulLeads) * VowelCount) + second - HangulVowels) * TrailCount);
        }

        int syllable = first - HangulSyllables;
        if ((uint)syllable < HangulCount && syllable % TrailCount == 0 && (uint)(second - HangulTrails - 1) < TrailCount - 1)
        {
            return first + second - HangulTrails;
        }

        return Compositions.Value.TryGetValue(((long)first << 32) | (uint)second, out int composite) ? composite : -1;
    }

    private void WriteBlocked(AlignedText text)
    {
        foreach (Mark mark in _blocked)
        {
            Write(text, mark);
        }

        _blocked.Clear();
    }

    private static void Write(AlignedText text, in Mark mark) => text.Emit(mark.Character, mark.Change);

    private readonly record struct Mark(int Character, int Change, int Class);
}
