package dev.waxwing.simulation;

import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.function.Function;

/**
 * A peer's store on a disk that can be full, fail to force, or be there only until the power goes.
 */
final class PeerDisk implements PeerStore {
  /** The process dies around a commit. */
  static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What happens to the next transaction. */
  enum Next {
    WORKS,
    /** The power goes before it is on disk. */
    DIES_BEFORE,
    /** It is on disk, and the power goes. */
    DIES_AFTER,
    /** Its force fails, and it is not on disk. */
    FAILS_LOST,
    /** Its force fails, and it is on disk all the same. */
    FAILS_KEPT
  }

  private final MemoryPeerStore kept = new MemoryPeerStore();
  private Next next = Next.WORKS;
  private boolean full;
  private boolean stopped;

  void next(Next what) {
    next = what;
  }

  void full(boolean now) {
    full = now;
  }

  boolean stopped() {
    return stopped;
  }

  /** Another process opens what is on disk. */
  void reopen() {
    stopped = false;
    next = Next.WORKS;
  }

  /** What is on disk now, whatever the process thinks. */
  <R> R look(Function<Tx, R> question) {
    return kept.transact(question);
  }

  @Override
  public <R> R transact(Function<Tx, R> work) {
    if (stopped) {
      throw new Fault(FaultCode.STORE_STOPPED, "simulated");
    }
    Next now = next;
    next = Next.WORKS;
    switch (now) {
      case DIES_BEFORE -> undone(work, new PowerCut());
      case FAILS_LOST -> {
        stopped = true;
        undone(work, new Fault(FaultCode.STORE_STOPPED, "simulated"));
      }
      case DIES_AFTER -> {
        kept.transact(work);
        throw new PowerCut();
      }
      case FAILS_KEPT -> {
        stopped = true;
        kept.transact(work);
        throw new Fault(FaultCode.STORE_STOPPED, "simulated");
      }
      case WORKS -> {
        if (full) {
          undone(work, new Fault(FaultCode.DISK_FULL, "simulated"));
        }
      }
    }
    return kept.transact(work);
  }

  private <R> void undone(Function<Tx, R> work, RuntimeException why) {
    kept.transact(
        tx -> {
          work.apply(tx);
          throw why;
        });
  }

  @Override
  public void close() {
    kept.close();
  }
}
