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
import org.jspecify.annotations.Nullable;

/** Sends standard input. */
final class SendStream {
  private static final int PIECE = 256 * 1024;
  private static final long SIGNAL_MILLIS = 250;
  private static final int MOST_TRIES = 3;

  private final Session session;

  SendStream(Session session) {
    this.session = session;
  }

  /**
   * Reads to the end; whatever goes wrong before that withdraws the transfer. It begins with the
   * first byte: what writes to this may itself be waiting for the process that holds the profile.
   */
  Transfer send(List<UserId> people, String name, String caption) {
    Peer peer = session.peer();
    session.voice().note("Standard input cannot be read twice: if this ends early, send it again.");
    byte[] piece = new byte[PIECE];
    int begun = begin(piece);
    session.stop().check();
    byte[] first = Arrays.copyOf(piece, Math.max(0, begun));
    Transfer transfer = open(peer, new StreamRequest(people, name), first);
    boolean whole = false;
    try (Progress progress = new Progress(session.voice())) {
      if (!caption.isBlank()) {
        people.forEach(user -> peer.sendText(user, caption));
      }
      for (int n = begun < 0 ? 0 : read(piece); n > 0; n = read(piece)) {
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

  /**
   * Opens it with what was read. The process that holds the profile may end just then, above all
   * where it is what wrote to this; then another one is opened.
   */
  private static Transfer open(Peer peer, StreamRequest request, byte[] first) {
    for (int tries = MOST_TRIES; ; tries--) {
      Transfer transfer = null;
      try {
        transfer = peer.openStream(request);
        if (first.length > 0) {
          peer.writeStream(transfer.id(), first);
        }
        return transfer;
      } catch (Fault fault) {
        withdraw(peer, transfer);
        boolean ended =
            fault.code() == FaultCode.HOLDER_SILENT
                || fault.code() == FaultCode.TRANSFER_NOT_RESUMABLE;
        if (!ended || tries == 1) {
          throw fault;
        }
      }
    }
  }

  private static void withdraw(Peer peer, @Nullable Transfer transfer) {
    try {
      if (transfer != null) {
        peer.cancel(transfer.id());
      }
    } catch (Fault fault) {
      // What stopped it before is what is told.
      return;
    }
  }

  /** What there is, as soon as there is anything. */
  private int begin(byte[] piece) {
    try {
      return session.in().read(piece);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private int read(byte[] piece) {
    try {
      return session.in().readNBytes(piece, 0, piece.length);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static Fault unreadable(IOException e) {
    return new Fault(FaultCode.FILE_UNREADABLE, "standard input cannot be read", e);
  }
}
