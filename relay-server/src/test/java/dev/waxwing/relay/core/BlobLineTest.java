package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.waxwing.message.BlobId;
import dev.waxwing.relay.core.BlobSurroundings.Wait;
import dev.waxwing.relay.store.BlobRecord;
import dev.waxwing.relay.store.BlobStore;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlobLineTest {
  private final BlobRig rig = new BlobRig(1, Policy.Blobs.DEFAULT);
  private final BlobLine line = new BlobLine();
  private int ids;

  private BlobFlow flow(String owner) {
    return new BlobFlow(
        new BlobFlow.Start(
            new BlobRecord(
                new BlobId(HubRig.bytes(16, ++ids)),
                BlobRig.device(owner, 1),
                new BlobRecord.Times(0, 0),
                null,
                new TreeMap<>()),
            BlobStore.Extent.NONE,
            false),
        rig.turn,
        rig.budget,
        rig);
  }

  @Test
  void ownersTakeTurnsHoweverManyBlobsTheyHave() {
    List<BlobFlow> many = List.of(flow("ana"), flow("ana"), flow("ana"));
    BlobFlow one = flow("ben");
    many.forEach(each -> line.put(each, Wait.SHARED_MEMORY));
    line.put(one, Wait.SHARED_MEMORY);
    assertSame(many.get(0), line.first());
    line.put(many.get(0), Wait.NONE);
    assertSame(one, line.first());
    line.put(one, Wait.NONE);
    assertSame(many.get(1), line.first());
  }

  @Test
  void whoLacksRoomOfTheirOwnHoldsUpNobody() {
    BlobFlow full = flow("ana");
    BlobFlow one = flow("ben");
    line.put(full, Wait.OWN_ROOM);
    line.put(one, Wait.SHARED_MEMORY);
    assertSame(one, line.first());
    line.put(one, Wait.OWN_ROOM);
    assertNull(line.first());
    assertEquals(List.of(full, one), line.all());
  }
}
