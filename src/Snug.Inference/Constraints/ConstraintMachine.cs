using System.Runtime.InteropServices;

namespace Snug.Inference;

/// <summary>
/// Runs a grammar over the tokens of a vocabulary. A configuration is the set of all places in the grammar that the output so far can have
/// led to, each with the calls it is within; they are numbered as they are met, and their transitions and masks remembered. Not for several
/// threads at a time.
/// </summary>
internal sealed class ConstraintMachine
{
    /// <summary>The configuration without a place: the output is wrong.</summary>
    public const int Dead = 0;

    /// <summary>Configurations beyond which a machine should be given up for a new one, to bound its memory.</summary>
    private const int MaxConfigurations = 50_000;

    /// <summary>Masks that are remembered.</summary>
    private const int MaxMasks = 256;

    /// <summary>Most places of a configuration. What is beyond is not followed, so that less may be written than is allowed.</summary>
    private const int MaxPlaces = 2048;

    private const int Unknown = -1;

    private readonly Grammar _grammar;
    private readonly List<Configuration> _configurations = [];
    private readonly Dictionary<Configuration, int> _numbers = [];
    private readonly List<Frame> _frames = [new Frame(-1, -1, 0, 0)];
    private readonly Dictionary<(int Return, int Parent), int> _frameNumbers = [];
    private readonly Stack<(int State, int Frame)> _work = new();
    private readonly HashSet<(int State, int Frame)> _seen = [];
    private readonly int[] _path = new int[256];
    private int _masks;

    public ConstraintMachine(Grammar grammar, ConstraintVocabulary vocabulary)
    {
        (_grammar, Vocabulary) = (grammar, vocabulary);
        Number(new Configuration([], false, Grammar.Never, grammar.ClassCount));
        _work.Push((grammar.StartState, 0));
        Start = Close();
    }

    public ConstraintVocabulary Vocabulary { get; }

    /// <summary>The configuration before anything is written.</summary>
    public int Start { get; }

    public bool IsFull => _configurations.Count > MaxConfigurations;

    /// <summary>Whether the output may end here.</summary>
    public bool MayEnd(int configuration) => _configurations[configuration].MayEnd;

    /// <summary>Whether the output may go on.</summary>
    public bool MayGoOn(int configuration) => _configurations[configuration].Places.Length > 0;

    /// <summary>The fewest bytes until the output may end.</summary>
    public int Shortest(int configuration) => _configurations[configuration].Shortest;

    /// <summary>The configuration behind some bytes.</summary>
    public int Advance(int configuration, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            configuration = Next(configuration, value);
        }

        return configuration;
    }

    /// <summary>The tokens that may come, remembered.</summary>
    public TokenMask Mask(int configuration)
    {
        Configuration here = _configurations[configuration];
        if (here.Mask is { } known)
        {
            return known;
        }

        if (_masks == MaxMasks)
        {
            foreach (Configuration other in CollectionsMarshal.AsSpan(_configurations))
            {
                other.Mask = null;
            }

            _masks = 0;
        }

        _masks++;
        return here.Mask = MaskWithin(configuration, Grammar.Never);
    }

    /// <summary>The tokens that may come, behind which there are at most so many bytes to an end.</summary>
    public TokenMask MaskWithin(int configuration, int most)
    {
        ConstraintVocabulary vocabulary = Vocabulary;
        ulong[] bits = new ulong[(vocabulary.Count + 63) / 64];
        int longest = 0;
        bool any = false;
        _path[0] = configuration;
        for (int node = 0; node < vocabulary.NodeCount;)
        {
            int depth = vocabulary.Depths[node];
            int next = Next(_path[depth - 1], vocabulary.Labels[node]);
            if (next == Dead)
            {
                node = vocabulary.Ends[node];
                continue;
            }

            _path[depth] = next;
            int token = vocabulary.Tokens[node++];
            if (token < 0 || _configurations[next].Shortest is var shortest && shortest > most)
            {
                continue;
            }

            longest = Math.Max(longest, shortest);
            any = true;
            for (; token >= 0; token = vocabulary.Same[token])
            {
                bits[token >> 6] |= 1ul << token;
            }
        }

        return new TokenMask(bits, longest, any);
    }

    private int Next(int configuration, byte value)
    {
        Configuration here = _configurations[configuration];
        int kind = _grammar.Classes[value];
        int next = here.Next[kind];
        if (next != Unknown)
        {
            return next;
        }

        foreach ((int state, int frame) in here.Places)
        {
            foreach (ByteEdge edge in _grammar.Bytes[state])
            {
                if (value >= edge.First && value <= edge.Last)
                {
                    _work.Push((edge.Target, frame));
                }
            }
        }

        return here.Next[kind] = Close();
    }

    /// <summary>Follows what takes no byte from the places on the stack; the number of the configuration.</summary>
    private int Close()
    {
        _seen.Clear();
        bool mayEnd = false;
        List<(int State, int Frame)> places = [];
        while (_work.TryPop(out (int State, int Frame) place))
        {
            (int state, int frame) = place;
            Frame within = _frames[frame];
            if (_grammar.Nesting[state] + within.Depth > Grammar.MaxDepth || !_seen.Add(place))
            {
                continue;
            }

            if (_grammar.Bytes[state].Length > 0 && places.Count < MaxPlaces)
            {
                places.Add(place);
            }

            if (_grammar.IsEnd[state])
            {
                if (frame == 0)
                {
                    mayEnd = true;
                }
                else
                {
                    _work.Push((within.Return, within.Parent));
                }
            }

            foreach (int target in _grammar.Epsilons[state])
            {
                _work.Push((target, frame));
            }

            foreach (CallEdge call in _grammar.Calls[state])
            {
                _work.Push((call.Start, FrameOf(call, frame)));
            }
        }

        places.Sort();
        int shortest = mayEnd ? 0 : places.Count == 0 ? Grammar.Never
            : places.Min(place => Math.Min(Grammar.Never, _grammar.Shortest[place.State] + _frames[place.Frame].Shortest));
        return Number(new Configuration([.. places], mayEnd, shortest, _grammar.ClassCount));
    }

    private int FrameOf(CallEdge call, int parent)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_frameNumbers, (call.Target, call.IsContainer ? ~parent : parent), out bool exists);
        if (!exists)
        {
            Frame above = _frames[parent];
            number = _frames.Count;
            _frames.Add(new Frame(
                call.Target, parent, above.Depth + (call.IsContainer ? 1 : 0), Math.Min(Grammar.Never, above.Shortest + _grammar.Shortest[call.Target])));
        }

        return number;
    }

    private int Number(Configuration configuration)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, configuration, out bool exists);
        if (!exists)
        {
            number = _configurations.Count;
            _configurations.Add(configuration);
        }

        return number;
    }

    /// <summary>A call that is under way: where it goes on, within which other, how deep in containers, how many bytes are behind it at least.</summary>
    private readonly record struct Frame(int Return, int Parent, int Depth, int Shortest);

    private sealed class Configuration : IEquatable<Configuration>
    {
        public Configuration((int State, int Frame)[] places, bool mayEnd, int shortest, int classes)
        {
            (Places, MayEnd, Shortest) = (places, mayEnd, shortest);
            Next = new int[classes];
            Array.Fill(Next, places.Length == 0 ? Dead : Unknown);
        }

        public (int State, int Frame)[] Places { get; }

        public bool MayEnd { get; }

        public int Shortest { get; }

        public int[] Next { get; }

        public TokenMask? Mask { get; set; }

        public bool Equals(Configuration? other) => other is not null && MayEnd == other.MayEnd && Places.AsSpan().SequenceEqual(other.Places);

        public override bool Equals(object? obj) => Equals(obj as Configuration);

        public override int GetHashCode()
        {
            HashCode hash = new();
            hash.AddBytes(MemoryMarshal.AsBytes(Places.AsSpan()));
            hash.Add(MayEnd);
            return hash.ToHashCode();
        }
    }
}
