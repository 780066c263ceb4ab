package dev.waxwing.peer.api;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A peer reached through the process that holds its profile. When that process ends, the profile is
 * opened again, here or through its next holder, and work goes on there.
 */
final class RemotePeer implements InvocationHandler {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration FOR_EVER = Duration.ofDays(3650);

  /** Calls that must not happen twice; whether they happened is not known when a holder ends. */
  private static final Set<String> ONCE =
      Set.of(
          "sendText",
          "send",
          "sendTextAsFile",
          "openStream",
          "writeStream",
          "closeStream",
          "receive",
          "retry",
          "retryMessage");

  private final LocalClient client;
  private final Supplier<Peer> reopen;

  // Guarded by this: calls and events come on threads of their own.
  private @Nullable Peer heir;
  private boolean closed;

  private RemotePeer(LocalClient client, Supplier<Peer> reopen) {
    this.client = client;
    this.reopen = reopen;
  }

  /**
   * The peer of the process that holds the profile, if one answers.
   *
   * @param reopen opens the profile once that process has ended
   */
  static Optional<Peer> connect(Path directory, Duration deadline, Supplier<Peer> reopen) {
    return LocalClient.connect(directory, deadline)
        .map(
            client ->
                (Peer)
                    Proxy.newProxyInstance(
                        Peer.class.getClassLoader(),
                        new Class<?>[] {Peer.class},
                        new RemotePeer(client, reopen)));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    Object[] arguments = args == null ? new Object[0] : args;
    return switch (method.getName()) {
      case "close" -> close();
      case "neededByOthers" -> neededByOthers();
      case "subscribe" -> subscribe(consumer(arguments[0]));
      case "toString" -> "RemotePeer";
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      default -> lasting(method, arguments);
    };
  }

  private Object lasting(Method method, Object[] arguments) throws Throwable {
    if (client.ended()) {
      return onHeir(method, arguments);
    }
    try {
      return call(method, arguments);
    } catch (Fault fault) {
      if (!client.ended()) {
        throw fault;
      }
      if (ONCE.contains(method.getName())) {
        throw new Fault(
            FaultCode.HOLDER_SILENT,
            "the program that held this profile ended while it did this",
            "see whether it was done, then try again");
      }
      return onHeir(method, arguments);
    }
  }

  private Object onHeir(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(heir(), arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private synchronized Peer heir() {
    if (closed) {
      throw new Fault(FaultCode.CANCELLED, "the client is closed");
    }
    Peer found = heir;
    if (found == null) {
      found = reopen.get();
      heir = found;
    }
    return found;
  }

  private synchronized Object close() {
    closed = true;
    client.close();
    if (heir != null) {
      heir.close();
    }
    return true;
  }

  private synchronized boolean neededByOthers() {
    return heir != null && heir.neededByOthers();
  }

  @SuppressWarnings("unchecked")
  private static Consumer<PeerEvent> consumer(Object argument) {
    return (Consumer<PeerEvent>) argument;
  }

  private Object call(Method method, Object[] arguments) {
    JavaType type = PeerCalls.MAPPER.constructType(method.getGenericReturnType());
    Duration patience = patience(method, arguments);
    try (LocalClient.Stream stream =
        client.stream(method.getName(), PeerCalls.encodeArguments(arguments))) {
      List<Object> items = new ArrayList<>();
      for (Optional<JsonNode> next = stream.next(patience);
          next.isPresent();
          next = stream.next(patience)) {
        items.add(PeerCalls.decode(next.get(), type.getContentType()));
      }
      return PeerCalls.returnsList(method)
          ? List.copyOf(items)
          : PeerCalls.decode(stream.result(), type);
    }
  }

  /** Methods whose last argument is a timeout wait that long here too, and a little more. */
  private static Duration patience(Method method, Object[] arguments) {
    boolean waits = method.getName().startsWith("await") || method.getName().equals("settle");
    Object last = arguments.length == 0 ? null : arguments[arguments.length - 1];
    return waits && last instanceof Long millis
        ? Duration.ofMillis(Math.min(millis, FOR_EVER.toMillis())).plusSeconds(30)
        : PATIENCE;
  }

  private Peer.Subscription subscribe(Consumer<PeerEvent> consumer) {
    if (client.ended()) {
      return heir().subscribe(consumer);
    }
    Watching watching = new Watching(consumer);
    watching.start();
    return watching;
  }

  /** A subscription that goes on with the next holder's events. */
  private final class Watching implements Peer.Subscription {
    private final Consumer<PeerEvent> consumer;
    private final LocalClient.Stream stream =
        client.stream(PeerServer.SUBSCRIBE, PeerCalls.encodeArguments(new Object[0]));

    // Guarded by this: the events' thread and the one that closes.
    private Peer.@Nullable Subscription next;
    private volatile boolean over;

    Watching(Consumer<PeerEvent> consumer) {
      this.consumer = consumer;
    }

    void start() {
      Thread thread = new Thread(this::run, "events");
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      try {
        for (Optional<JsonNode> event = stream.next(FOR_EVER);
            event.isPresent();
            event = stream.next(FOR_EVER)) {
          consumer.accept(PeerCalls.decodeEvent(event.get()));
        }
      } catch (Fault fault) {
        goOn();
      }
    }

    private void goOn() {
      try {
        if (client.ended()) {
          Peer heir = heir();
          synchronized (this) {
            next = over ? null : heir.subscribe(consumer);
          }
          tellLink(heir);
        }
      } catch (Fault fault) {
        // Closed, or nobody can hold the profile: whoever waits learns it from their next call.
        return;
      }
    }

    /** What the link did between two holders nobody told. */
    private void tellLink(Peer heir) {
      Link told = null;
      for (Link now = heir.link(); !over && !now.equals(told); now = heir.link()) {
        consumer.accept(new PeerEvent.LinkChanged(now));
        told = now;
      }
    }

    @Override
    public synchronized void close() {
      over = true;
      stream.close();
      if (next != null) {
        next.close();
      }
    }
  }
}
