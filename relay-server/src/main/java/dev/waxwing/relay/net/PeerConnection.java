package dev.waxwing.relay.net;

import dev.waxwing.message.Address;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.relay.core.Body;
import dev.waxwing.relay.core.ConnectionId;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One peer's WebSocket. Frames are taken apart on its own context and go to the hub's loop as
 * events; what the hub says comes back in batches. Fields are grouped by the thread that uses them.
 */
final class PeerConnection {
  /** Most bytes that wait for the socket; what the hub paces stays far below. */
  static final long MAX_OUTBOUND = 16L << 20;

  /** Bytes the socket's own write queue takes. */
  private static final int SOCKET_QUEUE = 512 * 1024;

  private static final int TLS_PIECE = 1 << 18;

  /** Bytes handed to the hub and not yet taken by it, beyond which reading pauses. */
  private static final long MAX_INBOUND = 1L << 20;

  /** What an event weighs beyond its frame, so that small ones are not taken by the thousand. */
  private static final int EVENT_WEIGHT = 4096;

  /** Between two news to the hub that the peer is alive. */
  private static final long ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Most pings in {@link Patience#silenceNanos}: Vert.x answers each, whether or not the peer
   * reads.
   */
  static final int MOST_PINGS = 1000;

  /**
   * How long a peer is waited for.
   *
   * @param silenceNanos one that says nothing this long is gone; it is pinged at a third of it
   * @param unreadNanos one that takes nothing of what waits for it this long does not read
   * @param farewellMillis for each step of a farewell: writing what waits, closing in good form
   */
  record Patience(long silenceNanos, long unreadNanos, long farewellMillis) {
    static final Patience DEFAULT =
        new Patience(TimeUnit.SECONDS.toNanos(90), TimeUnit.MINUTES.toNanos(5), 5_000);
  }

  // Fixed.
  private final ConnectionId id;
  private final String remote;
  private final ServerWebSocket socket;
  private final Context context;
  private final HubLoop hub;
  private final Patience patience;
  private final OutboundQueue out;
  private final SocketEnd end;
  private final long openedMillis;

  // Any thread.
  private final AtomicLong inbound = new AtomicLong();

  // The connection's context.
  private boolean pausedByHub;
  private boolean pausedByLoop;
  private boolean closing;
  private long takenNanos = System.nanoTime();
  private long heardNanos = System.nanoTime();
  private long pingedNanos = heardNanos;
  private long aliveNanos = heardNanos;
  private long pingsSinceNanos = heardNanos;
  private int pings;
  private boolean damaged;

  // The hub's loop.
  private @Nullable List<Outgoing> batch;
  private @Nullable Address who;

  PeerConnection(ConnectionId id, ServerWebSocket socket, HubLoop hub, Patience patience) {
    this.id = id;
    this.socket = socket;
    this.hub = hub;
    this.patience = patience;
    this.context = Vertx.currentContext();
    String host = socket.remoteAddress() == null ? null : socket.remoteAddress().hostAddress();
    this.remote = host == null ? "" : host;
    this.end = new SocketEnd(socket, context, hub, patience.farewellMillis());
    this.openedMillis = System.currentTimeMillis();
    this.out =
        new OutboundQueue(
            socket,
            MAX_OUTBOUND,
            bodies -> {
              takenNanos = System.nanoTime();
              post(new HubEvent.Written(id, bodies), 0);
            });
  }

  /** Begins to listen; on the connection's context. */
  void open(Bytes binding) {
    socket.setWriteQueueMaxSize(SOCKET_QUEUE);
    sealInLargePieces(socket);
    post(new HubEvent.Opened(id, AddressBlock.of(remote), binding), 0);
    socket.binaryMessageHandler(this::received);
    socket.textMessageHandler(
        text -> broken(new Fault(FaultCode.FRAME_MALFORMED, "a text message")));
    socket.pongHandler(pong -> heard());
    socket.frameHandler(
        frame -> {
          if (frame.isPing()) {
            pinged();
          }
        });
    socket.exceptionHandler(this::failed);
    socket.closeHandler(nothing -> closed());
  }

  /**
   * TLS records hold 16 KiB, but one call to the TLS engine may make many of them: for the frames
   * of a file that is a sixteenth of the calls.
   */
  private static void sealInLargePieces(ServerWebSocket socket) {
    if (socket instanceof WebSocketInternal internal) {
      SslHandler tls = internal.channelHandlerContext().pipeline().get(SslHandler.class);
      if (tls != null) {
        tls.setWrapDataSize(TLS_PIECE);
      }
    }
  }

  ConnectionId id() {
    return id;
  }

  String remote() {
    return remote;
  }

  long openedMillis() {
    return openedMillis;
  }

  /** Who logged in here; hub's loop. */
  @Nullable Address who() {
    return who;
  }

  /** Pings and gives up silent peers; on the connection's context, every few seconds. */
  void tick() {
    if (socket.isClosed()) {
      // The peer said so; whether it reads the answer is another matter.
      end.closeInTime();
      return;
    }
    long now = System.nanoTime();
    long silence = patience.silenceNanos();
    if (pausedByHub || pausedByLoop) {
      // Nothing is read, so silence means nothing; writes tell whether the peer is there.
      heardNanos = now;
    } else if (now - heardNanos > silence) {
      end.close(1001, "silent");
    } else if (now - heardNanos > silence / 3 && now - pingedNanos > silence / 3) {
      pingedNanos = now;
      socket.writePing(Buffer.buffer());
    }
    out.flush();
    if (!out.holdsFrames()) {
      takenNanos = now;
    } else if (now - takenNanos > patience.unreadNanos()) {
      end.close(1008, "does not read");
    }
  }

  /** Runs on the connection's context. */
  void onContext(Runnable action) {
    context.runOnContext(nothing -> action.run());
  }

  private void received(Buffer message) {
    heardNanos = System.nanoTime();
    if (closing || damaged) {
      return;
    }
    byte[] bytes = bytes(message);
    try {
      Frame frame = Frame.parse(bytes);
      PeerMessage peerMessage = HeaderCodec.peerMessage(frame);
      post(new HubEvent.Received(id, peerMessage, frame), bytes.length + EVENT_WEIGHT);
    } catch (Fault fault) {
      broken(fault);
    }
  }

  /** The message's own array where it has one to itself, which is the usual case; else a copy. */
  private static byte[] bytes(Buffer message) {
    ByteBuf content = ((BufferInternal) message).getByteBuf();
    if (content.hasArray()
        && content.arrayOffset() == 0
        && content.readerIndex() == 0
        && content.array().length == content.readableBytes()) {
      return content.array();
    }
    return message.getBytes();
  }

  private void post(HubEvent event, int bytes) {
    if (bytes > 0 && inbound.addAndGet(bytes) > MAX_INBOUND && !pausedByLoop) {
      pausedByLoop = true;
      socket.pause();
    }
    hub.post(event, this, bytes);
  }

  /** The hub has taken an event of this connection; hub's loop. */
  void taken(int bytes) {
    if (bytes > 0 && inbound.addAndGet(-bytes) == 0) {
      onContext(this::resumeByLoop);
    }
  }

  private void resumeByLoop() {
    if (pausedByLoop && inbound.get() <= MAX_INBOUND) {
      pausedByLoop = false;
      resume();
    }
  }

  private void resume() {
    if (!pausedByHub && !pausedByLoop && !closing) {
      socket.resume();
    }
  }

  private void heard() {
    heardNanos = System.nanoTime();
    if (heardNanos - aliveNanos >= ALIVE_NANOS) {
      aliveNanos = heardNanos;
      post(new HubEvent.Alive(id), 0);
    }
  }

  private void pinged() {
    heard();
    if (heardNanos - pingsSinceNanos >= patience.silenceNanos()) {
      pingsSinceNanos = heardNanos;
      pings = 0;
    }
    if (++pings > MOST_PINGS) {
      broken(new Fault(FaultCode.RATE_LIMITED, "too many pings"));
    }
  }

  /** Says it once: nothing that follows is looked at. */
  private void broken(Fault fault) {
    if (!damaged) {
      damaged = true;
      post(new HubEvent.Broken(id, fault), 0);
    }
  }

  private void failed(Throwable cause) {
    boolean tooLong = tooLong(cause);
    broken(
        new Fault(
            tooLong ? FaultCode.FRAME_TOO_LARGE : FaultCode.FRAME_MALFORMED,
            tooLong ? "a message over the limit" : "the WebSocket was damaged or cut"));
  }

  /** Of one frame Netty says it, which then closes the socket; of one in many frames Vert.x. */
  static boolean tooLong(Throwable cause) {
    return cause instanceof IllegalStateException
        || (cause instanceof CorruptedWebSocketFrameException corrupted
            && WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(corrupted.closeStatus()));
  }

  private void closed() {
    closing = true;
    end.seen();
    out.close();
    post(new HubEvent.Closed(id), 0);
  }

  // What the hub says; on its loop until handed over.

  void write(RelayMessage message, Body body) {
    if (message instanceof RelayMessage.Welcome welcome) {
      who = new Address(welcome.user(), welcome.device());
    }
    byte[] header = HeaderCodec.encode(message);
    queue(Frame.of(header, body.array(), body.from(), body.length()));
  }

  void queue(Frame frame) {
    if (out.reserve(frame.array().length)) {
      outgoing(new Outgoing.Queue(frame));
    } else {
      outgoing(new Outgoing.CutOff());
    }
  }

  void outgoing(Outgoing next) {
    List<Outgoing> open = batch;
    if (open == null) {
      open = new ArrayList<>();
      batch = open;
      hub.touched(this);
    }
    open.add(next);
  }

  /** Gives what was said during one turn of the hub's loop to the connection's context. */
  void handOver() {
    List<Outgoing> ready = batch;
    batch = null;
    if (ready != null) {
      onContext(() -> carryOut(ready));
    }
  }

  private void carryOut(List<Outgoing> ready) {
    if (socket.isClosed()) {
      // Closed by the peer; its close handler, which empties the queue, has yet to run.
      return;
    }
    for (Outgoing next : ready) {
      next.on(onSocket);
    }
    out.flush();
  }

  private final Outgoing.Cases onSocket =
      new Outgoing.Cases() {
        @Override
        public void queue(Frame frame) {
          out.add(BufferInternal.buffer(Unpooled.wrappedBuffer(frame.array())), frame.bodyLength());
        }

        @Override
        public void pause() {
          pausedByHub = true;
          socket.pause();
        }

        @Override
        public void resume() {
          pausedByHub = false;
          PeerConnection.this.resume();
        }

        @Override
        public void close(FaultCode code) {
          farewell(code);
        }

        @Override
        public void cutOff() {
          end.close(1008, "does not read");
        }
      };

  private void farewell(FaultCode code) {
    if (closing) {
      return;
    }
    closing = true;
    // What still comes is read and dropped, so that the close handshake can be seen.
    socket.resume();
    out.whenEmpty(() -> end.close(1000, code.name()));
    // What still waits then is given up, and with that the queue is empty.
    hub.later(patience.farewellMillis(), () -> onContext(out::close));
  }
}
