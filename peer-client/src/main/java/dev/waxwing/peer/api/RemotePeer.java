package dev.waxwing.peer.api;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.waxwing.local.LocalClient;
import dev.waxwing.wire.Fault;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A peer reached through the process that holds its profile. */
final class RemotePeer implements InvocationHandler {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration FOR_EVER = Duration.ofDays(3650);

  private final LocalClient client;

  private RemotePeer(LocalClient client) {
    this.client = client;
  }

  /** The peer of the process that holds the profile, if one answers. */
  static Optional<Peer> connect(Path directory, Duration deadline) {
    return LocalClient.connect(directory, deadline)
        .map(
            client ->
                (Peer)
                    Proxy.newProxyInstance(
                        Peer.class.getClassLoader(),
                        new Class<?>[] {Peer.class},
                        new RemotePeer(client)));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) {
    Object[] arguments = args == null ? new Object[0] : args;
    return switch (method.getName()) {
      case "close" -> close();
      case "subscribe" -> subscribe(consumer(arguments[0]));
      case "toString" -> "RemotePeer";
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      default -> call(method, arguments);
    };
  }

  private Object close() {
    client.close();
    return true;
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
    LocalClient.Stream stream =
        client.stream(PeerServer.SUBSCRIBE, PeerCalls.encodeArguments(new Object[0]));
    Thread thread =
        new Thread(
            () -> {
              try {
                Optional<JsonNode> next = stream.next(FOR_EVER);
                while (next.isPresent()) {
                  consumer.accept(PeerCalls.decodeEvent(next.get()));
                  next = stream.next(FOR_EVER);
                }
              } catch (Fault fault) {
                // The holder ended: whoever waits for events learns it from their next call.
                return;
              }
            },
            "events");
    thread.setDaemon(true);
    thread.start();
    return stream::close;
  }
}
