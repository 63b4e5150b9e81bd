namespace Snug.Hub;

/// <summary>
/// Decides how many connections transfer at once by what they achieve together: the number doubles while that helps, settles
/// at the best, looks around from time to time, and halves when the server complains.
/// </summary>
/// <remarks>Pure arithmetic over samples, so that it can be tested without a network or a clock.</remarks>
internal sealed class GoodputController
{
    private const double WindowSeconds = 0.25;

    /// <summary>More connections are kept when they bring at least this share of what they would bring if each were as fast as before.</summary>
    private const double UsefulShare = 0.25;
    private const int HoldWindows = 16;

    private readonly int _max;
    private double _units;
    private double _seconds;
    private double _bestRate;
    private int _bestLevel;
    private int _hold;
    private bool _climbing = true;
    private bool _settling;
    private bool _probeDown;

    /// <param name="max">The most connections.</param>
    /// <param name="initial">The number to begin with.</param>
    public GoodputController(int max, int initial)
    {
        _max = Math.Max(1, max);
        Level = Math.Clamp(initial, 1, _max);
        _bestLevel = Level;
    }

    /// <summary>How many connections may transfer now.</summary>
    public int Level { get; private set; }

    /// <summary>Takes a sample: what all connections together achieved in a stretch of time.</summary>
    /// <param name="units">Bytes, with a fixed credit for each small file, whose cost is its round trip.</param>
    /// <param name="seconds">The length of the stretch.</param>
    public void Observe(double units, double seconds)
    {
        if (_settling)
        {
            // The first sample after a change still shows the old level.
            _settling = false;
            return;
        }

        _units += units;
        _seconds += seconds;
        if (_seconds < WindowSeconds)
        {
            return;
        }

        double rate = _units / _seconds;
        _units = 0;
        _seconds = 0;
        if (_climbing)
        {
            Climb(rate);
        }
        else if (--_hold <= 0)
        {
            Probe();
        }
        else
        {
            _bestRate = (0.75 * _bestRate) + (0.25 * rate);
        }
    }

    /// <summary>Reacts to a server that limits or fails: half the connections, and no climbing for a while.</summary>
    public void OnTrouble()
    {
        _climbing = false;
        _bestLevel = Math.Max(1, Level / 2);
        _bestRate = 0;
        _hold = 2 * HoldWindows;
        Set(_bestLevel);
    }

    private void Climb(double rate)
    {
        double gain = 1 + (UsefulShare * Math.Abs(Level - _bestLevel) / Math.Min(Level, _bestLevel));
        bool better = Level >= _bestLevel ? rate > _bestRate * gain : rate >= _bestRate / gain;
        if (better)
        {
            _bestRate = rate;
            int next = Level >= _bestLevel ? Math.Min(_max, Level * 2) : Math.Max(1, Level * 3 / 4);
            _bestLevel = Level;
            if (next != Level)
            {
                Set(next);
                return;
            }
        }

        _climbing = false;
        _hold = HoldWindows;
        Set(_bestLevel);
    }

    private void Probe()
    {
        _probeDown = !_probeDown;
        int next = _probeDown ? Math.Max(1, _bestLevel * 3 / 4) : Math.Min(_max, Math.Max(_bestLevel + 1, _bestLevel * 3 / 2));
        _climbing = next != _bestLevel;
        _hold = HoldWindows;
        Set(next);
    }

    private void Set(int level)
    {
        _settling = level != Level;
        Level = level;
    }
}
