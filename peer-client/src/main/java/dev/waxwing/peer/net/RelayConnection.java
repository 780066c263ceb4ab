package dev.waxwing.peer.net;

import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A verified connection to the relay, read by one thread that may block, never by an event loop;
 * any such thread may send. Both directions are bounded: writing waits while {@value #OUT_BYTES}
 * bytes are on their way to the socket, but no longer than a relay may give no sign; reading takes
 * frames the socket was allowed to deliver, {@value #IN_FRAMES} at most.
 */
public final class RelayConnection implements AutoCloseable {
  private static final int OUT_BYTES = 4 << 20;

  /** With so many bytes on their way the relay's answer to a ping may wait behind them. */
  private static final int BACKLOG_BYTES = 1 << 20;

  private static final int IN_FRAMES = 16;
  private static final int TLS_PIECE = 1 << 18;

  private final WebSocket socket;
  private final Context context;
  private final Runnable whenEnded;
  private final Bytes certificateHash;
  private final long patienceNanos;
  private final Semaphore outBudget = new Semaphore(OUT_BYTES);
  private final LinkedBlockingQueue<Inbound> inbound = new LinkedBlockingQueue<>(IN_FRAMES + 2);
  private final AtomicReference<@Nullable Fault> ended = new AtomicReference<>();

  /** When there was last a sign that the relay is there. */
  private volatile long heardNanos = System.nanoTime();

  private RelayMessage.@Nullable RelayHello hello;

  /** Pieces of a message whose last has not come; the socket's event loop. */
  private @Nullable Buffer begun;

  private @Nullable LoginTranscript transcript;

  /** What came from the relay. */
  public record Received(RelayMessage message, Frame frame) {}

  /** A frame, or the end for the reason in {@link #ended}. */
  private record Inbound(@Nullable Frame frame) {}

  /**
   * @param patienceMillis how long the relay may give no sign before it is given up
   * @param whenEnded called once
   */
  RelayConnection(WebSocket socket, Context context, long patienceMillis, Runnable whenEnded) {
    this.socket = socket;
    this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    this.whenEnded = whenEnded;
    this.certificateHash = RelayDialer.certificateHash(socket);
    this.context = context;
    sealInLargePieces(socket);
    socket.pause();
    socket.frameHandler(this::accept);
    socket.pongHandler(pong -> heard());
    socket.exceptionHandler(
        failure -> end(new Fault(FaultCode.NETWORK_UNREACHABLE, "the connection broke", failure)));
    socket.closeHandler(
        closed -> end(new Fault(FaultCode.NETWORK_UNREACHABLE, "the relay closed the connection")));
    socket.fetch(IN_FRAMES);
  }

  /**
   * TLS records hold 16 KiB, but one call to the TLS engine may make many of them: for the frames
   * of a file that is a sixteenth of the calls.
   */
  private static void sealInLargePieces(WebSocket socket) {
    SslHandler tls =
        ((WebSocketInternal) socket).channelHandlerContext().pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.setWrapDataSize(TLS_PIECE);
    }
  }

  private void heard() {
    heardNanos = System.nanoTime();
  }

  /** A whole message, or a piece of one: what is between may cut it (RFC 6455 section 5.4). */
  private void accept(WebSocketFrame piece) {
    heard();
    boolean control = !piece.isBinary() && !piece.isContinuation() && !piece.isText();
    if (control || ended.get() != null) {
      return;
    }
    try {
      if (piece.isText()) {
        throw new Fault(FaultCode.FRAME_MALFORMED, "a message that is not binary");
      }
      if (piece.isFinal() && begun == null) {
        inbound.add(new Inbound(Frame.parse(bytes(piece.binaryData()))));
      } else {
        gather(piece);
      }
    } catch (Fault fault) {
      end(fault);
      socket.close();
    }
  }

  private void gather(WebSocketFrame piece) {
    Buffer whole = begun == null ? Buffer.buffer() : begun;
    if (whole.length() + piece.binaryData().length() > WireLimits.MAX_FRAME) {
      throw new Fault(FaultCode.FRAME_TOO_LARGE, "pieces of a frame that are too long together");
    }
    whole.appendBuffer(piece.binaryData());
    begun = piece.isFinal() ? null : whole;
    if (piece.isFinal()) {
      inbound.add(new Inbound(Frame.parse(whole.getBytes())));
    } else {
      socket.fetch(1);
    }
  }

  /** The message's own array where it has one to itself, which is the usual case; else a copy. */
  private static byte[] bytes(Buffer message) {
    ByteBuf content = ((BufferInternal) message).getByteBuf();
    boolean own =
        content.hasArray()
            && content.arrayOffset() == 0
            && content.readerIndex() == 0
            && content.array().length == content.readableBytes();
    return own ? content.array() : message.getBytes();
  }

  private void end(Fault fault) {
    if (ended.compareAndSet(null, fault)) {
      inbound.offer(new Inbound(null));
      outBudget.release(OUT_BYTES);
      whenEnded.run();
    }
  }

  /** SHA-256 of the public key in the certificate this connection was made with. */
  Bytes certificateHash() {
    return certificateHash;
  }

  void verified(RelayMessage.RelayHello relayHello, LoginTranscript loginTranscript) {
    hello = relayHello;
    transcript = loginTranscript;
  }

  /** What the relay said of itself, verified. */
  public RelayMessage.RelayHello hello() {
    if (hello == null) {
      throw new Fault(FaultCode.INTERNAL, "a connection used before it was verified");
    }
    return hello;
  }

  /** What a login on this connection signs. */
  public LoginTranscript transcript() {
    if (transcript == null) {
      throw new Fault(FaultCode.INTERNAL, "a connection used before it was verified");
    }
    return transcript;
  }

  /**
   * Sends a message; waits while too much is on its way. A relay that does not read for so long
   * that this would wait in vain is given up, whatever it still says.
   *
   * @throws Fault why the connection ended
   */
  public void send(PeerMessage message, byte[] body) {
    send(HeaderCodec.frame(message, body));
  }

  /** Sends a frame as it is; its array must not change afterwards. */
  public void send(Frame frame) {
    throwIfEnded();
    int cost = Math.min(frame.array().length, OUT_BYTES);
    awaitRoom(cost);
    if (ended.get() != null) {
      outBudget.release(cost);
      throwIfEnded();
    }
    onContext(
        () ->
            socket
                .writeBinaryMessage(BufferInternal.buffer(Unpooled.wrappedBuffer(frame.array())))
                .onSuccess(written -> written())
                .onComplete(written -> outBudget.release(cost)));
  }

  private void awaitRoom(int cost) {
    try {
      if (!outBudget.tryAcquire(cost, patienceNanos, TimeUnit.NANOSECONDS)) {
        giveUp(new Fault(FaultCode.RELAY_TIMEOUT, "the relay does not take what is sent to it"));
        throwIfEnded();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      // What comes after this frame is of no use without it.
      giveUp(new Fault(FaultCode.CANCELLED, "interrupted", e));
      throwIfEnded();
    }
  }

  /**
   * A write ends when this machine's own buffer took it, which proves nothing of the relay; only
   * where much waits for that buffer is the end of one a sign that it empties.
   */
  private void written() {
    if (OUT_BYTES - outBudget.availablePermits() > BACKLOG_BYTES) {
      heard();
    }
  }

  /**
   * The next message; waits for it.
   *
   * @param timeoutMillis at most
   * @return null when nothing came in that time
   * @throws Fault why the connection ended, once everything before the end was taken
   */
  public @Nullable Received receive(long timeoutMillis) {
    Inbound next;
    try {
      next = inbound.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
    if (next == null) {
      throwIfEndedAndDrained();
      return null;
    }
    Frame frame = next.frame();
    if (frame == null) {
      inbound.offer(next);
      throwIfEnded();
      throw new Fault(FaultCode.INTERNAL, "an end without a reason");
    }
    // What this frame held back may come only now.
    heard();
    onContext(() -> socket.fetch(1));
    RelayMessage message = HeaderCodec.relayMessage(frame);
    if (message instanceof RelayMessage.Bye bye) {
      Fault fault = new Fault(bye.code(), detail(bye.detail()));
      end(fault);
      close();
      throw fault;
    }
    return new Received(message, frame);
  }

  /** As {@link #receive}, but nothing coming in time is a failure. */
  public Received require(long timeoutMillis) {
    Received received = receive(timeoutMillis);
    if (received == null) {
      throw new Fault(FaultCode.RELAY_TIMEOUT, "the relay did not answer");
    }
    return received;
  }

  /** Whether it is still open. */
  public boolean open() {
    return ended.get() == null;
  }

  @Override
  public void close() {
    end(new Fault(FaultCode.CANCELLED, "the connection was closed here"));
    onContext(
        () -> {
          // What waits behind the pause would never be released.
          socket.resume();
          socket.close();
        });
  }

  private void throwIfEndedAndDrained() {
    if (inbound.isEmpty()) {
      throwIfEnded();
    }
  }

  private void throwIfEnded() {
    Fault fault = ended.get();
    if (fault != null) {
      throw new Fault(fault.code(), fault.what(), fault.advice());
    }
  }

  private static String detail(String detail) {
    return detail.isBlank() ? "the relay ended the connection" : detail;
  }

  /**
   * Keeps middle boxes and the relay's idle limit from ending a quiet connection, and gives up one
   * whose relay has answered nothing for too long: a network that stopped says so to nobody.
   */
  void ping() {
    boolean silent = inbound.isEmpty() && System.nanoTime() - heardNanos > patienceNanos;
    if (silent) {
      giveUp(new Fault(FaultCode.RELAY_TIMEOUT, "nothing comes from the relay any more"));
    } else {
      onContext(() -> socket.writePing(Buffer.buffer("w")));
    }
  }

  private void giveUp(Fault fault) {
    end(fault);
    onContext(socket::close);
  }

  /** Once the dialer is closed its event loops take nothing more, and every socket is closed. */
  private void onContext(Runnable action) {
    try {
      context.runOnContext(on -> action.run());
    } catch (RejectedExecutionException e) {
      end(new Fault(FaultCode.CANCELLED, "the connection was closed here", e));
    }
  }
}
