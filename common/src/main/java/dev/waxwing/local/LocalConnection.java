package dev.waxwing.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The serving end of one connection: reads requests on its own thread, answers from any. */
final class LocalConnection {
  /** Answered by the connection itself: shows the caller that somebody is at home. */
  static final String HELLO = "hello";

  /** Most unanswered requests; one more is refused. */
  static final int MAX_CALLS = 64;

  private final SocketChannel channel;
  private final Consumer<LocalCall> handler;
  private final Consumer<LocalConnection> ended;
  private final LineWriter writer;
  private final Map<Long, Call> calls = new ConcurrentHashMap<>();

  // Both guarded by the list.
  private final List<Runnable> whenGone = new ArrayList<>();
  private boolean gone;

  LocalConnection(
      SocketChannel channel, Consumer<LocalCall> handler, Consumer<LocalConnection> ended) {
    this.channel = channel;
    this.handler = handler;
    this.ended = ended;
    this.writer = new LineWriter(channel, "local-writer");
  }

  void start() {
    Thread thread = new Thread(this::read, "local-reader");
    thread.setDaemon(true);
    thread.start();
  }

  void refuse(Fault fault) {
    answer(0, "error", Lines.error(fault));
    writer.finish();
    ended.accept(this);
  }

  void close() {
    LineWriter.closeQuietly(channel);
  }

  private void read() {
    Lines.Reader reader = new Lines.Reader(channel);
    try {
      for (ObjectNode line = reader.next(); line != null; line = reader.next()) {
        take(line);
      }
      LineWriter.closeQuietly(channel);
    } catch (Fault fault) {
      answer(0, "error", Lines.error(fault));
    } catch (IOException e) {
      // the caller is gone
    } finally {
      writer.finish();
      calls.values().forEach(Call::cancel);
      ended.accept(this);
      leave();
    }
  }

  private void leave() {
    List<Runnable> actions;
    synchronized (whenGone) {
      gone = true;
      actions = List.copyOf(whenGone);
      whenGone.clear();
    }
    actions.forEach(LocalConnection::runQuietly);
  }

  /** Nobody is there who could be told, and the others are to run. */
  private static void runQuietly(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      return;
    }
  }

  private Runnable whenGone(Runnable action) {
    synchronized (whenGone) {
      if (whenGone.size() >= MAX_CALLS) {
        throw new Fault(FaultCode.RATE_LIMITED, "one command holds too much open");
      }
      if (!gone) {
        whenGone.add(action);
        return () -> forget(action);
      }
    }
    action.run();
    return () -> {};
  }

  private void forget(Runnable action) {
    synchronized (whenGone) {
      whenGone.remove(action);
    }
  }

  private void take(ObjectNode line) {
    if (line.path("cancel").isIntegralNumber()) {
      Call call = calls.get(line.get("cancel").asLong());
      if (call != null) {
        call.cancel();
      }
      return;
    }
    JsonNode args = line.has("args") ? line.get("args") : Lines.MAPPER.createObjectNode();
    long id = line.path("id").asLong();
    if (!line.path("id").isIntegralNumber()
        || id < 1
        || !line.path("call").isTextual()
        || !args.isObject()) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a request without its id or name");
    }
    String name = line.get("call").asText();
    if (name.equals(HELLO)) {
      answer(id, "result", Lines.MAPPER.createObjectNode().put("pid", pid()));
      return;
    }
    Call call = new Call(id, name, args);
    if (calls.size() >= MAX_CALLS) {
      answer(id, "error", Lines.error(new Fault(FaultCode.RATE_LIMITED, "too many requests")));
    } else if (calls.putIfAbsent(id, call) != null) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a request whose id is in use");
    } else {
      hand(call);
    }
  }

  private void hand(Call call) {
    try {
      handler.accept(call);
    } catch (Fault fault) {
      call.fail(fault);
    } catch (RuntimeException e) {
      call.fail(new Fault(FaultCode.INTERNAL, "the request could not be carried out", e));
    }
  }

  private void answer(long id, String field, JsonNode value) {
    ObjectNode line = Lines.MAPPER.createObjectNode().put("id", id);
    line.set(field, value);
    writer.offer(Lines.encode(line));
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  /** One request of this connection. */
  private final class Call implements LocalCall {
    private static final Runnable NOTHING = () -> {};
    private static final Runnable CANCELLED = () -> {};

    private final long id;
    private final String name;
    private final JsonNode args;
    private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>(NOTHING);

    Call(long id, String name, JsonNode args) {
      this.id = id;
      this.name = name;
      this.args = args;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public JsonNode args() {
      return args;
    }

    @Override
    public void event(JsonNode event) {
      if (calls.get(id) == this) {
        answer(id, "event", event);
      }
    }

    @Override
    public boolean crowded() {
      return writer.crowded();
    }

    @Override
    public void result(JsonNode result) {
      end("result", result);
    }

    @Override
    public void fail(Fault fault) {
      end("error", Lines.error(fault));
    }

    private void end(String field, JsonNode value) {
      if (calls.remove(id, this)) {
        try {
          answer(id, field, value);
        } catch (Fault tooLarge) {
          answer(id, "error", Lines.error(tooLarge));
        }
      }
    }

    @Override
    public void onCancel(Runnable action) {
      if (!cancel.compareAndSet(NOTHING, action)) {
        action.run();
      }
    }

    @Override
    public Runnable onGone(Runnable action) {
      return whenGone(action);
    }

    void cancel() {
      Runnable action = cancel.getAndSet(CANCELLED);
      if (action != null) {
        action.run();
      }
      fail(new Fault(FaultCode.CANCELLED, "the caller cancelled"));
    }
  }
}
