package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.core.HubEffect;
import dev.waxwing.relay.core.HubEvent;
import dev.waxwing.relay.core.SliceGrid;
import dev.waxwing.relay.store.FullBlobStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the hub hears of a disk that is full: each failure once, and nothing of what it entails. */
class BlobDiskTest {
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[16]));

  private final FullBlobStore store = new FullBlobStore();
  private final BlobDisk disk = new BlobDisk(store, 1);
  private final BlockingQueue<HubEvent> told = new LinkedBlockingQueue<>();

  @BeforeEach
  void listen() {
    disk.reportTo(told::add);
  }

  @AfterEach
  void close() {
    disk.close();
  }

  private void write(long part) {
    byte[] bytes = new byte[WireLimits.partLength(part)];
    disk.write(new HubEffect.WritePart(BLOB, part, SliceGrid.cut(BLOB, part, bytes)));
  }

  private HubEvent next() throws InterruptedException {
    HubEvent event = told.poll(60, TimeUnit.SECONDS);
    assertNotNull(event, "nothing was told");
    return event;
  }

  private void hearsOfFailure(long part) throws InterruptedException {
    HubEvent.PartNotWritten event = (HubEvent.PartNotWritten) next();
    assertEquals(part, event.part());
    assertEquals(FaultCode.DISK_FULL, event.fault().code());
  }

  private void hearsOfForcing(long upTo) throws InterruptedException {
    assertEquals(new HubEvent.PartForced(BLOB, upTo), next());
  }

  @Test
  void whatWaitsBehindAPartThatFoundNoRoomIsPassedOver() throws InterruptedException {
    write(0);
    hearsOfForcing(1);
    store.fullForParts = true;
    for (long part = 1; part < 5; part++) {
      write(part);
    }
    hearsOfFailure(1);
    write(5);
    write(0);
    hearsOfForcing(1);
    write(1);
    hearsOfFailure(1);
    store.fullForParts = false;
    write(2);
    write(1);
    hearsOfForcing(2);
    write(2);
    hearsOfForcing(3);
  }

  @Test
  void anEmptyDiskBeginsAnywhereWhateverFailedBefore() throws InterruptedException {
    write(0);
    hearsOfForcing(1);
    store.fullForParts = true;
    write(1);
    hearsOfFailure(1);
    store.fullForParts = false;
    write(2);
    disk.freeBelow(new HubEffect.FreeBelow(BLOB, 3));
    write(2);
    hearsOfForcing(3);
  }

  @Test
  void nothingIsWrittenBehindPartsThatCouldNotBeForced() throws InterruptedException {
    write(0);
    hearsOfForcing(1);
    store.fullForForcing = true;
    write(1);
    hearsOfFailure(1);
    store.fullForForcing = false;
    write(2);
    write(1);
    hearsOfForcing(2);
  }
}
