package dev.waxwing.peer.cli;

import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.StreamRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Sends standard input. */
final class SendStream {
  private static final int PIECE = 256 * 1024;
  private static final long SIGNAL_MILLIS = 250;

  private final Session session;

  SendStream(Session session) {
    this.session = session;
  }

  /** Reads to the end; whatever goes wrong before that withdraws the transfer. */
  Transfer send(List<UserId> people, String name, String caption) {
    Peer peer = session.peer();
    session.voice().note("Standard input cannot be read twice: if this ends early, send it again.");
    if (!caption.isBlank()) {
      people.forEach(user -> peer.sendText(user, caption));
    }
    Transfer transfer = peer.openStream(new StreamRequest(people, name));
    boolean whole = false;
    try (Progress progress = new Progress(session.voice())) {
      byte[] piece = new byte[PIECE];
      for (int n = read(piece); n > 0; n = read(piece)) {
        session.stop().check();
        peer.writeStream(transfer.id(), n == PIECE ? piece : Arrays.copyOf(piece, n));
        progress.show(List.of(peer.transfer(transfer.id())), session.clock().millis());
      }
      // Ctrl-C ends the writer of a pipe as well, and its end must not pass for the stream's.
      session.stop().asked(SIGNAL_MILLIS);
      session.stop().check();
      peer.closeStream(transfer.id());
      whole = true;
    } finally {
      if (!whole) {
        peer.cancel(transfer.id());
      }
    }
    return peer.transfer(transfer.id());
  }

  private int read(byte[] piece) {
    try {
      return session.in().readNBytes(piece, 0, piece.length);
    } catch (IOException e) {
      throw new Fault(FaultCode.FILE_UNREADABLE, "standard input cannot be read", e);
    }
  }
}
