package dev.waxwing.peer.api;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.waxwing.local.LocalCall;
import dev.waxwing.local.LocalServer;
import dev.waxwing.local.ProfileLock;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/** Lets other processes of the same profile work through the peer that holds it. */
final class PeerServer implements AutoCloseable {
  static final String SUBSCRIBE = "subscribe";
  private static final String OPEN_STREAM = "openStream";

  /** Calls at once; each may wait. */
  private static final int MAX_CALLS = 64;

  private final PeerClient client;
  private final ExecutorService callers;
  private final LocalServer server;

  private PeerServer(ProfileLock lock, PeerClient client) {
    this.client = client;
    this.callers =
        new ThreadPoolExecutor(
            0,
            MAX_CALLS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "local call");
              thread.setDaemon(true);
              return thread;
            });
    this.server = LocalServer.start(lock, this::accept);
  }

  static PeerServer start(ProfileLock lock, PeerClient client) {
    return new PeerServer(lock, client);
  }

  private void accept(LocalCall call) {
    if (call.name().equals(SUBSCRIBE)) {
      // At once: what the caller asks for next is answered after it listens.
      follow(client::subscribe, call);
      return;
    }
    try {
      callers.execute(() -> serve(call));
    } catch (RejectedExecutionException e) {
      call.fail(new Fault(FaultCode.RATE_LIMITED, "too many commands use this profile at once"));
    }
  }

  /** Hands events to a caller; one that is too slow gets {@link PeerEvent.Missed} as the last. */
  static void follow(Function<Consumer<PeerEvent>, Peer.Subscription> events, LocalCall call) {
    AtomicBoolean over = new AtomicBoolean();
    Peer.Subscription subscription =
        events.apply(
            event -> {
              if (over.get()) {
                return;
              }
              boolean last = call.crowded() || event instanceof PeerEvent.Missed;
              over.set(last);
              call.event(PeerCalls.encodeEvent(last ? new PeerEvent.Missed() : event));
            });
    call.onCancel(subscription::close);
  }

  private void serve(LocalCall call) {
    try {
      Method method = PeerCalls.method(call.name());
      Object result = method.invoke(client, PeerCalls.decodeArguments(method, call.args()));
      if (call.name().equals(OPEN_STREAM) && result instanceof Transfer stream) {
        client.writers().opened(stream.id(), call);
      }
      if (result instanceof List<?> items) {
        items.forEach(item -> call.event(PeerCalls.MAPPER.valueToTree(item)));
        call.result(NullNode.getInstance());
      } else {
        call.result(PeerCalls.MAPPER.valueToTree(result));
      }
    } catch (InvocationTargetException e) {
      call.fail(
          e.getCause() instanceof Fault fault
              ? fault
              : new Fault(FaultCode.INTERNAL, "an unexpected failure", e));
    } catch (Fault fault) {
      call.fail(fault);
    } catch (ReflectiveOperationException e) {
      call.fail(new Fault(FaultCode.INTERNAL, "an unexpected failure", e));
    }
  }

  @Override
  public void close() {
    server.close();
    callers.shutdownNow();
  }
}
