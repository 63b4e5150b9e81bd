using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Snug.TestKit;

/// <summary>The exchange that a fault is played on.</summary>
internal sealed class FaultExchange(HttpContext context, RequestRecord record, Func<Task> answer, CancellationToken ending)
{
    /// <summary>Between two looks at what has not arrived yet.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(15);

    /// <summary>Looks in a row that must find nothing: the server may hold some for its next write.</summary>
    private const int Looks = 4;

    private static readonly TimeSpan MaxSettling = TimeSpan.FromSeconds(10);

    public HttpContext Context { get; } = context;

    public RequestRecord Record { get; } = record;

    /// <summary>Cancelled when the client has gone or the hub is being stopped.</summary>
    public CancellationToken Ending { get; } = ending;

    /// <summary>Lets the server answer.</summary>
    public Task AnswerAsync() => answer();

    /// <summary>Lets the server answer with the bytes of its body going through a filter.</summary>
    public async Task AnswerThroughAsync(BodyFilter.Forward forward, Func<System.IO.Pipelines.PipeWriter, ValueTask>? finish = null)
    {
        IHttpResponseBodyFeature original = Context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        BodyFilter filter = new(original, forward, finish, Ending);
        Context.Features.Set<IHttpResponseBodyFeature>(filter);
        try
        {
            await AnswerAsync();
            await filter.CompleteAsync();
        }
        finally
        {
            Context.Features.Set(original);
        }
    }

    /// <summary>Waits until nobody is interested any more, then cuts the connection.</summary>
    public async Task HangAsync()
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Ending);
        }
        catch (OperationCanceledException)
        {
            Cut();
        }
    }

    /// <summary>Cuts the connection with a reset, after what was sent has arrived.</summary>
    public async Task ResetAsync()
    {
        await SettleAsync();
        if (Context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
        }

        Cut();
    }

    /// <summary>Ends the connection without a reset, after what was sent has arrived.</summary>
    public async Task CloseAsync()
    {
        await SettleAsync();
        Context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Cut();
    }

    /// <summary>Returns when what was sent has arrived, however slowly the other side reads: a reset discards what the kernel still holds.</summary>
    private async Task SettleAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        for (int empty = 0; empty < Looks && TimeProvider.System.GetElapsedTime(start) < MaxSettling;)
        {
            await Task.Delay(Settling, CancellationToken.None);
            empty = Context.Features.Get<IConnectionSocketFeature>() is not { } connection || SendQueue.IsEmpty(connection.Socket) ? empty + 1 : 0;
        }
    }

    /// <summary>Changes the head of the answer just before it is sent.</summary>
    public void OnHead(Action<HttpResponse> change) => Context.Response.OnStarting(
        () =>
        {
            change(Context.Response);
            return Task.CompletedTask;
        });

    private void Cut()
    {
        Record.IsCut = true;
        Context.Abort();
    }
}
