package dev.waxwing.peer.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.peer.files.LeafLog;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafGateTest {
  private static final Stopping GO_ON = () -> {};

  @TempDir Path folder;

  @Test
  void partLeavesInOrderAndOnlyAfterItsLeafIsForced() {
    List<Long> left = Collections.synchronizedList(new ArrayList<>());
    List<Long> forced = Collections.synchronizedList(new ArrayList<>());
    try (LeafLog leaves = LeafLog.create(folder.resolve("leaves"));
        LeafGate gate =
            new LeafGate(
                leaves,
                part -> {
                  left.add(part.index());
                  forced.add(leaves.forced());
                })) {
      for (long i = 0; i < 30; i++) {
        gate.pass(part(gate, i, 1));
      }
      gate.finish();
    }
    for (int i = 0; i < 30; i++) {
      assertEquals(i, left.get(i));
      assertTrue(forced.get(i) > i, "part " + i + " left with " + forced.get(i) + " leaves forced");
    }
    assertEquals(30, left.size());
  }

  @Test
  void partThatIsNotWhatItWasNeverLeaves() {
    try (LeafLog leaves = LeafLog.create(folder.resolve("leaves"))) {
      leaves.append(new LeafLog.Leaf(1, 0, leaf(1)));
      leaves.force();
      AtomicInteger left = new AtomicInteger();
      try (LeafGate gate = new LeafGate(leaves, part -> left.incrementAndGet())) {
        gate.pass(part(gate, 0, 2));
        Fault fault = assertThrows(Fault.class, gate::finish);
        assertEquals(FaultCode.FILE_CHANGED, fault.code());
        assertThrows(Fault.class, () -> gate.room(GO_ON));
      }
      assertEquals(0, left.get());
    }
  }

  @Test
  void sealingWaitsWhenTooMuchIsOnItsWayOut() {
    CountDownLatch lineIsFree = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    try (LeafLog leaves = LeafLog.create(folder.resolve("leaves"));
        LeafGate gate = new LeafGate(leaves, part -> await(lineIsFree))) {
      for (long i = 0; i < LeafGate.MOST; i++) {
        gate.pass(part(gate, i, 1));
      }
      Stopping impatient =
          () -> {
            if (asked.incrementAndGet() > 2) {
              throw new Fault(FaultCode.CANCELLED, "stopped waiting");
            }
          };
      assertEquals(
          FaultCode.CANCELLED, assertThrows(Fault.class, () -> gate.room(impatient)).code());
      lineIsFree.countDown();
      gate.finish();
      assertEquals(0, gate.room(GO_ON).position());
      assertEquals(LeafGate.MOST, leaves.forced());
    }
  }

  @Test
  void groupThatIsNotFullLeavesWhenLet() {
    try (LeafLog leaves = LeafLog.create(folder.resolve("leaves"))) {
      CountDownLatch three = new CountDownLatch(3);
      try (LeafGate gate = new LeafGate(leaves, part -> three.countDown())) {
        gate.pass(part(gate, 0, 1));
        gate.pass(part(gate, 1, 1));
        gate.pass(part(gate, 2, 1));
        gate.pass(part(gate, 3, 1));
        gate.let();
        await(three);
        gate.finish();
        assertEquals(4, leaves.forced());
      }
    }
  }

  private static LeafGate.Part part(LeafGate gate, long index, int mark) {
    return new LeafGate.Part(index, 1, leaf(mark), gate.room(GO_ON).put((byte) mark).flip());
  }

  private static Bytes leaf(int mark) {
    byte[] hash = new byte[32];
    hash[0] = (byte) mark;
    return Bytes.of(hash);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
