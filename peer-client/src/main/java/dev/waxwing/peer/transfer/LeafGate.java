package dev.waxwing.peer.transfer;

import dev.waxwing.peer.files.LeafLog;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What sealed parts pass on their way out: a part leaves when its leaf is forced, or is the same as
 * the one forced before. Forcing and sending run beside the thread that seals, so the next parts
 * are sealed meanwhile; at most {@value #MOST} sealed parts wait.
 */
final class LeafGate implements AutoCloseable {
  static final int MOST = LeafLog.GROUP + 4;

  /**
   * A sealed part.
   *
   * @param length of its plaintext
   * @param sealed an array of the gate's, filled to its limit
   */
  record Part(long index, int length, Bytes leaf, ByteBuffer sealed) {}

  private final LeafLog leaves;
  private final Consumer<Part> leave;
  private final Aside aside = new Aside("transfer out");
  private final ArrayBlockingQueue<ByteBuffer> spare = new ArrayBlockingQueue<>(MOST);
  private List<Part> group = new ArrayList<>();
  private int made;
  private int wanted = 1;

  /**
   * A gate of {@code leaves}, which are its own until {@link #finish}.
   *
   * @param leave sends a part, on the gate's thread; it keeps no hold of the array
   */
  LeafGate(LeafLog leaves, Consumer<Part> leave) {
    this.leaves = leaves;
    this.leave = leave;
  }

  /**
   * An empty array for the next part; waits for one.
   *
   * @throws Fault what failed on the way out, or what {@code stopping} says
   */
  ByteBuffer room(Stopping stopping) {
    aside.check();
    if (made < MOST && spare.isEmpty()) {
      made++;
      return ByteBuffer.allocate(WireLimits.MAX_PART);
    }
    try {
      while (true) {
        aside.check();
        stopping.check();
        ByteBuffer free = spare.poll(100, TimeUnit.MILLISECONDS);
        if (free != null) {
          return free.clear();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    }
  }

  /**
   * Sends a part once its leaf is forced; small groups at first, so that the other side has
   * something to do.
   */
  void pass(Part part) {
    group.add(part);
    if (group.size() >= wanted) {
      wanted = Math.min(LeafLog.GROUP, wanted * 2);
      let();
    }
  }

  /** Lets the last group go and waits until it is sent. */
  void finish() {
    let();
    aside.finish();
  }

  /** Lets go of a group before it is full. */
  void let() {
    if (group.isEmpty()) {
      return;
    }
    List<Part> going = group;
    group = new ArrayList<>();
    aside.run(() -> out(going));
  }

  private void out(List<Part> going) {
    for (Part part : going) {
      if (part.index() < leaves.count()) {
        leaves.check(part.index(), part.leaf());
      } else {
        leaves.append(new LeafLog.Leaf(part.length(), 0, part.leaf()));
      }
    }
    leaves.force();
    for (Part part : going) {
      leave.accept(part);
      spare.add(part.sealed());
    }
  }

  /** Waits for the sending under way. */
  @Override
  public void close() {
    aside.close();
  }
}
