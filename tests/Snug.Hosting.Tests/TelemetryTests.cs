using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Snug.Hub;

namespace Snug.Hosting.Tests;

/// <summary>What is measured.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_bytes_durations_and_states_are_measured_and_each_attempt_is_an_activity()
    {
        await using ModelHub hub = await ModelHub.StartAsync();
        await using TestApplication application = TestApplication.Create(hub, snug =>
        {
            snug.AddModel("measured", model => model.Repository = ModelHub.Model);
            snug.AddModel("measured-gated", model => (model.Repository, model.Mode) = (ModelHub.Gated, ModelStartMode.Lazy));
        });
        IMeterFactory factory = application.Application.Services.GetRequiredService<IMeterFactory>();
        ConcurrentQueue<string> measured = new();
        using MeterListener meters = new();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SnugTelemetry.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value} {Text(tags)}"));
        meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value} {Text(tags)}"));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value >= 0} {Text(tags)}"));
        meters.Start();
        ConcurrentQueue<Activity> activities = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == SnugTelemetry.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        await application.StartAsync();
        await Assert.ThrowsAsync<HubException>(() => application.Models.GetAsync("measured-gated", Cancellation));
        meters.RecordObservableInstruments();

        Assert.Contains("snug.model.attempts 1 snug.model=measured snug.outcome=downloaded", measured);
        Assert.Contains("snug.model.attempts 1 snug.model=measured-gated snug.outcome=gated_repo_error", measured);
        Assert.Contains("snug.model.duration True snug.model=measured snug.outcome=downloaded", measured);
        Assert.Contains(measured, line => line.StartsWith("snug.model.transferred 150", StringComparison.Ordinal));
        Assert.Contains("snug.models 1 snug.state=Ready", measured);
        Assert.Contains("snug.models 1 snug.state=Failed", measured);
        Activity ready = Assert.Single(activities, activity => "measured".Equals(activity.GetTagItem("snug.model")));
        Assert.Equal(hub.Commit.Id, ready.GetTagItem("snug.commit"));
        Activity failed = Assert.Single(activities, activity => "measured-gated".Equals(activity.GetTagItem("snug.model")));
        Assert.Equal((ActivityStatusCode.Error, "gated_repo_error"), (failed.Status, failed.StatusDescription));
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
