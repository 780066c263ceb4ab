package dev.waxwing.evil;

import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Frame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** A peer's connection to the evil relay, and the one behind it to the honest relay. */
public final class Line {
  private static final int MAX_EARLY = 64;

  private final ServerWebSocket peer;
  private final Deque<Frame> early = new ArrayDeque<>();
  private WebSocket relay;
  private volatile UserId user;
  private volatile boolean data;
  private volatile boolean ended;

  Line(ServerWebSocket peer) {
    this.peer = peer;
  }

  synchronized void connected(WebSocket behind) {
    relay = behind;
    early.forEach(frame -> relay.writeBinaryMessage(Buffer.buffer(frame.array())));
    early.clear();
    if (ended) {
      behind.close();
    }
  }

  /** Whose it is, from their login or the token of their data connection. */
  void belongsTo(UserId owner, boolean ofData) {
    user = owner;
    data = ofData;
  }

  public boolean isOf(UserId other) {
    return other.equals(user);
  }

  public UserId user() {
    return user;
  }

  /** Whether it is for files. */
  boolean data() {
    return data;
  }

  boolean open() {
    return !ended;
  }

  void toPeer(Frame frame) {
    peer.writeBinaryMessage(Buffer.buffer(frame.array()));
  }

  synchronized void toRelay(Frame frame) {
    if (relay != null) {
      relay.writeBinaryMessage(Buffer.buffer(frame.array()));
    } else if (early.size() < MAX_EARLY) {
      early.add(frame);
    } else {
      end();
    }
  }

  /** Tells the peer something the honest relay did not say. */
  public void say(RelayMessage message, byte... body) {
    toPeer(HeaderCodec.frame(message, body));
  }

  /** Tells the honest relay something the peer did not say. */
  void ask(PeerMessage message, byte... body) {
    toRelay(HeaderCodec.frame(message, body));
  }

  /** Any header, be it one or not. */
  public void sayHeader(String json, byte... body) {
    toPeer(Frame.of(json.getBytes(StandardCharsets.UTF_8), body));
  }

  /** Any bytes in one message. */
  void sayBytes(byte[] bytes) {
    peer.writeBinaryMessage(Buffer.buffer(bytes));
  }

  /** Text in place of bytes. */
  void sayText(String text) {
    peer.writeTextMessage(text);
  }

  /** A message in two fragments. */
  void sayInTwo(Frame frame, int at) {
    Buffer whole = Buffer.buffer(frame.array());
    peer.writeFrame(WebSocketFrame.binaryFrame(whole.slice(0, at), false));
    peer.writeFrame(WebSocketFrame.continuationFrame(whole.slice(at, whole.length()), true));
  }

  /** The beginning of a message whose end never comes. */
  void sayHalf(Frame frame) {
    Buffer whole = Buffer.buffer(frame.array());
    peer.writeFrame(WebSocketFrame.binaryFrame(whole.slice(0, whole.length() / 2), false));
  }

  /** Ends both ends. */
  synchronized void end() {
    ended = true;
    peer.close();
    if (relay != null) {
      relay.close();
    }
  }
}
