using System.Diagnostics;
using System.Diagnostics.Metrics;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>Measures what happens to models.</summary>
internal sealed class ModelTelemetry : IDisposable
{
    private const string ModelTag = "snug.model";
    private const string OutcomeTag = "snug.outcome";

    private readonly ActivitySource _source = new(SnugTelemetry.ActivitySourceName);
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _transferred;
    private readonly Histogram<double> _duration;
    private Func<IReadOnlyList<ModelStatus>> _models = () => [];

    public ModelTelemetry(IMeterFactory meters)
    {
        Meter meter = meters.Create(SnugTelemetry.MeterName);
        _attempts = meter.CreateCounter<long>("snug.model.attempts", "{attempt}", "Tries to make a model ready.");
        _transferred = meter.CreateCounter<long>("snug.model.transferred", "By", "Bytes received for models.");
        _duration = meter.CreateHistogram(
            "snug.model.duration", "s", "How long a try to make a model ready took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600] });
        meter.CreateObservableUpDownCounter("snug.models", CountByState, "{model}", "Models by their state.");
    }

    /// <summary>Says whose models are counted.</summary>
    public void Observe(Func<IReadOnlyList<ModelStatus>> models) => Volatile.Write(ref _models, models);

    public Activity? Start(ModelEntry entry)
    {
        Activity? activity = _source.StartActivity("snug.model.ensure");
        activity?.SetTag(ModelTag, entry.Name).SetTag("snug.repository", entry.Repository.FullName).SetTag("snug.revision", entry.Revision);
        return activity;
    }

    public void Succeeded(Activity? activity, ModelEntry entry, CachedSnapshot snapshot, TimeSpan elapsed)
    {
        string outcome = snapshot.TransferredFiles == 0 ? "present" : "downloaded";
        activity?.SetTag("snug.commit", snapshot.Commit).SetTag("snug.transferred.files", snapshot.TransferredFiles)
            .SetTag("snug.transferred.bytes", snapshot.TransferredBytes).SetTag(OutcomeTag, outcome);
        _transferred.Add(snapshot.TransferredBytes, new KeyValuePair<string, object?>(ModelTag, entry.Name));
        Count(entry, outcome, elapsed);
    }

    public void Failed(Activity? activity, ModelEntry entry, TimeSpan elapsed)
    {
        string outcome = entry.Status.FailureCode ?? "unexpected";
        activity?.SetTag(OutcomeTag, outcome).SetStatus(ActivityStatusCode.Error, outcome);
        Count(entry, outcome, elapsed);
    }

    public void Dispose() => _source.Dispose();

    private void Count(ModelEntry entry, string outcome, TimeSpan elapsed)
    {
        TagList tags = new() { { ModelTag, entry.Name }, { OutcomeTag, outcome } };
        _attempts.Add(1, tags);
        _duration.Record(elapsed.TotalSeconds, tags);
    }

    private IEnumerable<Measurement<int>> CountByState()
    {
        IReadOnlyList<ModelStatus> models = Volatile.Read(ref _models)();
        return Enum.GetValues<ModelState>().Select(state =>
            new Measurement<int>(models.Count(model => model.State == state), new KeyValuePair<string, object?>("snug.state", state.ToString())));
    }
}
