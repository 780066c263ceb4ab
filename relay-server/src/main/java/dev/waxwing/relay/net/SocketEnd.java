package dev.waxwing.relay.net;

import io.vertx.core.Context;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * The end of a socket: in good form where the peer answers, else by force. Vert.x begins to wait
 * for the peer's close frame when its own is written, which is never where the peer does not read;
 * so the channel below is closed when the closing takes too long. On the socket's context.
 */
final class SocketEnd {
  private final ServerWebSocket socket;
  private final Context context;
  private final HubLoop timers;
  private final long millis;
  private boolean said;
  private boolean timed;
  private boolean gone;

  /**
   * For one socket.
   *
   * @param millis how long good form may take
   */
  SocketEnd(ServerWebSocket socket, Context context, HubLoop timers, long millis) {
    this.socket = socket;
    this.context = context;
    this.timers = timers;
    this.millis = millis;
  }

  /** Closes the socket; the first reason is the one that is said. */
  void close(int status, String reason) {
    if (!socket.isClosed() && !said) {
      said = true;
      socket.close((short) status, reason);
    }
    closeInTime();
  }

  /** One of the two sides has said that it closes: from now on it takes so long and no longer. */
  void closeInTime() {
    if (!timed && !gone) {
      timed = true;
      timers.later(millis, () -> context.runOnContext(nothing -> force()));
    }
  }

  private void force() {
    if (!gone && socket instanceof WebSocketInternal internal) {
      internal.channelHandlerContext().close();
    }
  }

  /** The socket is closed. */
  void seen() {
    gone = true;
  }
}
