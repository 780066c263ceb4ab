package dev.waxwing.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The calling end of a directory's local socket. Calls block the thread that makes them; several
 * threads may call at once.
 */
public final class LocalClient implements AutoCloseable {
  /** Most lines of one call that wait for its caller, each at most 1 MiB. */
  static final int MAX_UNREAD = 16;

  private final SocketChannel channel;
  private final LineWriter writer;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, BlockingQueue<ObjectNode>> waiting = new ConcurrentHashMap<>();
  private volatile @Nullable Fault ended;

  private LocalClient(SocketChannel channel) {
    this.channel = channel;
    this.writer = new LineWriter(channel, "local-writer");
    Thread thread = new Thread(this::read, "local-reader");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Reaches the holder of {@code directory}; empty when nobody listens there (no socket, a dead
   * holder's, or one that ends just then).
   *
   * @param deadline how long the holder may take to answer
   * @throws Fault HOLDER_SILENT when it listens but does not answer; PERMISSIONS_OPEN
   */
  public static Optional<LocalClient> connect(Path directory, Duration deadline) {
    Optional<Path> socket = LocalAddress.locate(directory);
    if (socket.isEmpty()) {
      return Optional.empty();
    }
    LocalClient client;
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(LocalAddress.of(socket.get()));
      } catch (IOException e) {
        channel.close();
        return Optional.empty();
      }
      client = new LocalClient(channel);
    } catch (IOException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "this system has no Unix-domain sockets", e);
    }
    try {
      client.call(LocalConnection.HELLO, Lines.MAPPER.createObjectNode(), deadline);
      return Optional.of(client);
    } catch (Fault fault) {
      boolean over = client.ended() && fault.code() == FaultCode.HOLDER_SILENT;
      client.close();
      if (over) {
        return Optional.empty();
      }
      throw fault;
    }
  }

  /** A fresh JSON object to put arguments into. */
  public static ObjectNode args() {
    return Lines.MAPPER.createObjectNode();
  }

  /**
   * Asks and waits for the answer; events on the way are dropped.
   *
   * @throws Fault the holder's, or HOLDER_SILENT after {@code deadline}
   */
  public JsonNode call(String name, ObjectNode args, Duration deadline) {
    try (Stream stream = stream(name, args)) {
      long until = System.nanoTime() + deadline.toNanos();
      while (true) {
        Optional<JsonNode> event =
            stream.next(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        if (event.isEmpty()) {
          return stream.result();
        }
      }
    }
  }

  /** Whether the holder has ended; nothing asked from then on is carried out. */
  public boolean ended() {
    return ended != null;
  }

  /** Asks for something that streams. */
  public Stream stream(String name, ObjectNode args) {
    long id = lastId.incrementAndGet();
    BlockingQueue<ObjectNode> lines = new LinkedBlockingQueue<>(MAX_UNREAD);
    waiting.put(id, lines);
    ObjectNode line = Lines.MAPPER.createObjectNode().put("id", id).put("call", name);
    line.set("args", args);
    writer.offer(Lines.encode(line));
    return new Stream(id, lines);
  }

  /** Ends the connection; calls that wait fail. */
  @Override
  public void close() {
    LineWriter.closeQuietly(channel);
    writer.finish();
  }

  private void read() {
    Lines.Reader reader = new Lines.Reader(channel);
    Fault end = new Fault(FaultCode.HOLDER_SILENT, "the program that holds this folder has ended");
    try {
      for (ObjectNode line = reader.next(); line != null; line = reader.next()) {
        long id = line.path("id").asLong();
        if (id == 0 && line.has("error")) {
          end = Lines.fault(line.get("error"));
          continue;
        }
        BlockingQueue<ObjectNode> lines = waiting.get(id);
        // A caller that does not take its events holds this connection back, and no memory grows.
        while (lines != null && waiting.get(id) == lines) {
          if (lines.offer(line, 50, TimeUnit.MILLISECONDS)) {
            break;
          }
        }
      }
    } catch (IOException | InterruptedException | Fault e) {
      // ended below, for whatever reason
    } finally {
      ended = end;
      ObjectNode last = Lines.MAPPER.createObjectNode();
      last.set("error", Lines.error(end));
      waiting.values().forEach(lines -> lines.offer(last));
      writer.finish();
    }
  }

  /** One call under way; one thread. Closing it before its end cancels it. */
  public final class Stream implements AutoCloseable {
    private final long id;
    private final BlockingQueue<ObjectNode> lines;
    private @Nullable JsonNode result;

    private Stream(long id, BlockingQueue<ObjectNode> lines) {
      this.id = id;
      this.lines = lines;
    }

    /**
     * Waits for the next event; empty at the end, when {@link #result} is there.
     *
     * @throws Fault the holder's, or HOLDER_SILENT after {@code deadline}
     */
    public Optional<JsonNode> next(Duration deadline) {
      if (result != null) {
        return Optional.empty();
      }
      ObjectNode line = take(deadline);
      if (line.has("event")) {
        return Optional.of(line.get("event"));
      }
      waiting.remove(id);
      if (line.has("error")) {
        throw Lines.fault(line.get("error"));
      }
      result = line.path("result");
      return Optional.empty();
    }

    /** What the call ended with; only after {@link #next} came back empty. */
    public JsonNode result() {
      if (result == null) {
        throw new IllegalStateException("the call has not ended");
      }
      return result;
    }

    @Override
    public void close() {
      if (waiting.remove(id) != null && ended == null) {
        writer.offer(Lines.encode(Lines.MAPPER.createObjectNode().put("cancel", id)));
      }
    }

    private ObjectNode take(Duration deadline) {
      try {
        Fault over = ended;
        ObjectNode line =
            over != null && lines.isEmpty()
                ? null
                : lines.poll(deadline.toNanos(), TimeUnit.NANOSECONDS);
        if (line != null) {
          return line;
        }
        throw over != null
            ? over
            : new Fault(
                FaultCode.HOLDER_SILENT,
                "the program that holds this folder did not answer within "
                    + deadline.toSeconds()
                    + " s");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Fault(FaultCode.CANCELLED, "interrupted while waiting", e);
      }
    }
  }
}
