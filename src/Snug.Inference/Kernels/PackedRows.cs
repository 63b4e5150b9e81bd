namespace Snug.Inference;

/// <summary>
/// Block-quantized weights, rearranged so that eight rows are computed together: a vector holds four columns of each of eight rows, and
/// one vector of sums has a row in each place. Nothing is rounded: the numbers, scales and minima are those of the file.
/// </summary>
/// <remarks>
/// For each block of columns a group has the eight rows' half-precision scales (then minima), then sub-scales (then sub-minima), then the
/// numbers: Q8_0 as signed bytes; Q4_0 two halves of a block in the nibbles of a byte; Q4_K two neighbouring sub-blocks in the nibbles of a
/// byte; Q5_K and Q6_K as unsigned bytes.
/// </remarks>
internal static unsafe class PackedRows
{
    /// <summary>Rows of a group.</summary>
    public const int Group = 8;

    /// <summary>Columns that share a scale of the activations, and most columns that share one of the weights.</summary>
    public const int Block = 32;

    /// <summary>Columns of a block of the K types.</summary>
    public const int SuperBlock = 256;

    /// <summary>Where the sub-scales of a K block begin, and the sub-minima, and the numbers.</summary>
    public const int Q6SubScales = 16, SubScales = 32, SubMinima = 96, Numbers = 160, Q6Numbers = 144;

    public static bool IsPackable(TensorType type) => type is TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q4_K or TensorType.Q5_K or TensorType.Q6_K;

    /// <summary>Bytes of a group's block.</summary>
    public static int BlockBytes(TensorType type) => type switch
    {
        TensorType.Q8_0 => 16 + (Block * Group),
        TensorType.Q4_0 => 16 + (Block * Group / 2),
        TensorType.Q4_K => Numbers + (SuperBlock * Group / 2),
        TensorType.Q5_K => Numbers + (SuperBlock * Group),
        TensorType.Q6_K => Q6Numbers + (SuperBlock * Group),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a packed type."),
    };

    /// <summary>Bytes of a group of whole rows.</summary>
    public static long GroupBytes(TensorType type, int columns) => (long)columns / TensorTypes.Block(type).Elements * BlockBytes(type);

    /// <summary>Bytes of a matrix; the last group is filled up with rows of zeros.</summary>
    public static long MatrixBytes(TensorType type, int rows, int columns) => ((long)rows + Group - 1) / Group * GroupBytes(type, columns);

    /// <summary>Rearranges up to eight rows as they are stored into a group that is zero before.</summary>
    public static void Pack(TensorType type, ReadOnlySpan<byte> stored, int rows, int columns, byte* group)
    {
        (int elements, int bytes) = TensorTypes.Block(type);
        int blocks = columns / elements;
        int packed = BlockBytes(type);
        if (stored.Length < (long)rows * blocks * bytes)
        {
            throw new ArgumentException($"{rows} rows of {columns} need {(long)rows * blocks * bytes} bytes.", nameof(stored));
        }

        fixed (byte* start = stored)
        {
            for (int row = 0; row < rows; row++)
            {
                byte* source = start + ((long)row * blocks * bytes);
                byte* target = group;
                for (int block = 0; block < blocks; block++, source += bytes, target += packed)
                {
                    PackBlock(type, source, target, row);
                }
            }
        }
    }

    /// <summary>
    /// The 32 numbers of a row's block, their scales (for the first and the second half) and the minimum that is subtracted.
    /// </summary>
    public static (float First, float Second, float Minimum) ReadBlock(TensorType type, byte* weights, int columns, int row, int block, Span<int> numbers)
    {
        byte* group = weights + (row / Group * GroupBytes(type, columns));
        int lane = row % Group;
        if (type is TensorType.Q8_0 or TensorType.Q4_0)
        {
            byte* at = group + ((long)block * BlockBytes(type));
            for (int i = 0; i < Block; i++)
            {
                numbers[i] = type == TensorType.Q8_0
                    ? (sbyte)at[16 + (i / 4 * 32) + (lane * 4) + (i % 4)]
                    : (at[16 + (i % 16 / 4 * 32) + (lane * 4) + (i % 4)] >> (i / 16 * 4) & 15) - 8;
            }

            float scale = FloatBits.FromHalf(((ushort*)at)[lane]);
            return (scale, scale, 0);
        }

        (int super, int sub) = Math.DivRem(block, SuperBlock / Block);
        byte* start = group + ((long)super * BlockBytes(type));
        float whole = FloatBits.FromHalf(((ushort*)start)[lane]);
        byte* bytes = start + (type == TensorType.Q6_K ? Q6Numbers : Numbers);
        for (int i = 0; i < Block; i++)
        {
            int place = (i / 4 * 32) + (lane * 4) + (i % 4);
            numbers[i] = type switch
            {
                TensorType.Q4_K => bytes[(sub / 2 * 256) + place] >> (sub % 2 * 4) & 15,
                TensorType.Q5_K => bytes[(sub * 256) + place],
                _ => bytes[(sub * 256) + place] - 32,
            };
        }

        if (type == TensorType.Q6_K)
        {
            sbyte* scales = (sbyte*)start + Q6SubScales + (2 * sub * Group) + lane;
            return (whole * scales[0], whole * scales[Group], 0);
        }

        float subScale = whole * start[SubScales + (sub * Group) + lane];
        return (subScale, subScale, FloatBits.FromHalf(((ushort*)start)[Group + lane]) * start[SubMinima + (sub * Group) + lane]);
    }

    /// <summary>Decodes a row.</summary>
    public static void Decode(TensorType type, byte* weights, int columns, int row, Span<float> values)
    {
        Span<int> numbers = stackalloc int[Block];
        for (int block = 0; block < columns / Block; block++)
        {
            (float first, float second, float minimum) = ReadBlock(type, weights, columns, row, block, numbers);
            for (int i = 0; i < Block; i++)
            {
                values[(block * Block) + i] = ((i < Block / 2 ? first : second) * numbers[i]) - minimum;
            }
        }
    }

    private static void PackBlock(TensorType type, byte* source, byte* target, int row)
    {
        switch (type)
        {
            case TensorType.Q8_0:
                ((ushort*)target)[row] = *(ushort*)source;
                Interleave(source + 2, target + 16, row, 8);
                break;
            case TensorType.Q4_0:
                ((ushort*)target)[row] = *(ushort*)source;
                Interleave(source + 2, target + 16, row, 4);
                break;
            case TensorType.Q4_K:
                PackSubBlocks(source, target, row);
                Interleave(source + 16, target + Numbers, row, 32);
                break;
            case TensorType.Q5_K:
                PackSubBlocks(source, target, row);
                PackFiveBits(source, target + Numbers, row);
                break;
            default:
                PackSixBits(source, target, row);
                break;
        }
    }

    /// <summary>Puts each four bytes of a row to its place among the eight rows.</summary>
    private static void Interleave(byte* source, byte* target, int row, int count)
    {
        uint* from = (uint*)source;
        uint* to = (uint*)target + row;
        for (int i = 0; i < count; i++)
        {
            to[i * Group] = from[i];
        }
    }

    private static void PackSubBlocks(byte* source, byte* target, int row)
    {
        ((ushort*)target)[row] = *(ushort*)source;
        ((ushort*)target)[Group + row] = *(ushort*)(source + 2);
        ReadOnlySpan<byte> scales = new(source + 4, 12);
        for (int sub = 0; sub < SuperBlock / Block; sub++)
        {
            (int scale, int minimum) = Dequantizer.SubBlock(scales, sub);
            target[SubScales + (sub * Group) + row] = (byte)scale;
            target[SubMinima + (sub * Group) + row] = (byte)minimum;
        }
    }

    private static void PackFiveBits(byte* source, byte* target, int row)
    {
        byte* numbers = stackalloc byte[SuperBlock];
        for (int group = 0; group < 4; group++)
        {
            for (int i = 0; i < 32; i++)
            {
                int low = source[48 + (group * 32) + i];
                int high = source[16 + i] >> (2 * group);
                numbers[(group * 64) + i] = (byte)((low & 15) | ((high & 1) << 4));
                numbers[(group * 64) + 32 + i] = (byte)((low >> 4) | ((high & 2) << 3));
            }
        }

        Interleave(numbers, target, row, SuperBlock / 4);
    }

    private static void PackSixBits(byte* source, byte* target, int row)
    {
        ((ushort*)target)[row] = *(ushort*)(source + 208);
        for (int sub = 0; sub < 16; sub++)
        {
            target[Q6SubScales + (sub * Group) + row] = source[192 + sub];
        }

        byte* numbers = stackalloc byte[SuperBlock];
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < 32; i++)
            {
                int first = source[(half * 64) + i];
                int second = source[(half * 64) + 32 + i];
                int high = source[128 + (half * 32) + i];
                byte* to = numbers + (half * 128) + i;
                to[0] = (byte)((first & 15) | ((high & 3) << 4));
                to[32] = (byte)((second & 15) | ((high >> 2 & 3) << 4));
                to[64] = (byte)((first >> 4) | ((high >> 4 & 3) << 4));
                to[96] = (byte)((second >> 4) | (high >> 6 << 4));
            }
        }

        Interleave(numbers, target + Q6Numbers, row, SuperBlock / 4);
    }
}
