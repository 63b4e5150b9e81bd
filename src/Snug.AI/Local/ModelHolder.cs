using Snug.Pretrained;

namespace Snug.AI;

/// <summary>
/// A model that is opened once, when it is first needed. Those who wait may give up without ending the work of the others; an attempt that
/// failed may be made again.
/// </summary>
internal sealed class ModelHolder : IDisposable
{
    private readonly Func<CancellationToken, Task<PretrainedModel>> _open;
    private readonly CancellationTokenSource _disposal = new();
    private readonly Lock _gate = new();
    private readonly bool _owns;
    private Task<PretrainedModel>? _task;
    private bool _disposed;

    public ModelHolder(PretrainedModel model, bool owns)
    {
        (_open, _owns, Opened) = (_ => Task.FromResult(model), owns, model);
    }

    public ModelHolder(Func<CancellationToken, Task<PretrainedModel>> open) => (_open, _owns) = (open, true);

    /// <summary>The model, if it is there already.</summary>
    public PretrainedModel? Opened { get; private set; }

    public Task<PretrainedModel> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(LocalChatClient));
            if (_task is null or { IsFaulted: true } or { IsCanceled: true })
            {
                CancellationToken disposal = _disposal.Token;
                _task = Task.Run(() => OpenAsync(disposal), disposal);
            }

            return _task.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _disposal.Cancel();
            _disposal.Dispose();
            if (_owns)
            {
                Opened?.Dispose();
            }
        }
    }

    private async Task<PretrainedModel> OpenAsync(CancellationToken disposal)
    {
        PretrainedModel model = await _open(disposal).ConfigureAwait(false);
        lock (_gate)
        {
            if (_disposed)
            {
                if (_owns)
                {
                    model.Dispose();
                }

                throw new ObjectDisposedException(nameof(LocalChatClient));
            }

            Opened = model;
            return model;
        }
    }
}
