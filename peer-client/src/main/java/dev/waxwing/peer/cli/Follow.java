package dev.waxwing.peer.cli;

import dev.waxwing.message.BlobId;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Waits for transfers and shows how they go. */
final class Follow {
  private static final long TURN = 250;

  private final Session session;

  Follow(Session session) {
    this.session = session;
  }

  /**
   * Waits until each transfer has reached a state or ended, or the deadline has come.
   *
   * @param ended told once of each that gets there, in between frames
   * @return the transfers as they are then, in the order given
   * @throws Stop.Stopped when a signal came; the transfers stay resumable
   */
  List<Transfer> until(
      List<BlobId> ids, TransferState state, Deadline deadline, Consumer<Transfer> ended) {
    List<Transfer> now = new ArrayList<>();
    ids.forEach(id -> now.add(session.peer().transfer(id)));
    boolean[] told = new boolean[ids.size()];
    try (Progress progress = new Progress(session.voice())) {
      while (true) {
        int pending = -1;
        for (int i = 0; i < ids.size(); i++) {
          if (!reached(now.get(i), state)) {
            pending = pending < 0 ? i : pending;
          } else if (!told[i]) {
            told[i] = true;
            progress.close();
            ended.accept(now.get(i));
          }
        }
        if (pending < 0 || deadline.passed()) {
          return now;
        }
        session.stop().check();
        progress.show(now, session.clock().millis());
        Transfer awaited =
            session.peer().awaitTransfer(ids.get(pending), state, deadline.left(TURN));
        now.set(pending, awaited);
        for (int i = 0; i < ids.size(); i++) {
          if (i != pending && !reached(now.get(i), state)) {
            now.set(i, session.peer().transfer(ids.get(i)));
          }
        }
      }
    }
  }

  /** Whether a transfer is there: what has ended is, and what is done needs no relay any more. */
  static boolean reached(Transfer transfer, TransferState state) {
    return transfer.state() == state || transfer.state().ended();
  }
}
