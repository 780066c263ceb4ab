package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN;
import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN1;
import static dev.waxwing.relay.store.Samples.BEN2;
import static dev.waxwing.relay.store.Samples.CEM1;
import static dev.waxwing.relay.store.Samples.blob;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.relay.store.BlobCatalog.CreateOutcome;
import dev.waxwing.relay.store.BlobCatalog.SealOutcome;
import dev.waxwing.relay.store.BlobRecord.RecipientState;
import dev.waxwing.relay.store.BlobRecord.Seal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every list of blobs must do. */
interface BlobCatalogContract {
  /** The store under test, in a transaction. */
  StoreEngine store();

  /** The list, with everybody registered whom these tests make blobs for. */
  private BlobCatalog blobs() {
    List.of(ANN1, BEN1, CEM1).forEach(who -> Samples.register(store(), who));
    return store().blobs();
  }

  @Test
  default void blobIsCreatedOnceForItsOwnerAndRecipients() {
    assertEquals(CreateOutcome.CREATED, blobs().create(blob(1), ANN1, List.of(BEN1, CEM1), 5));
    assertEquals(CreateOutcome.REPEATED, blobs().create(blob(1), ANN1, List.of(CEM1, BEN1), 6));
    assertEquals(CreateOutcome.CONFLICT, blobs().create(blob(1), ANN1, List.of(BEN1), 6));
    assertEquals(CreateOutcome.CONFLICT, blobs().create(blob(1), BEN1, List.of(BEN1, CEM1), 6));
    BlobRecord found = blobs().find(blob(1)).orElseThrow();
    assertEquals(ANN1, found.owner());
    assertEquals(new BlobRecord.Times(5, 5), found.times());
    assertNull(found.seal());
    assertEquals(
        Map.of(BEN1, RecipientState.ACTIVE, CEM1, RecipientState.ACTIVE), found.recipients());
    assertEquals(List.of(found), blobs().ownedBy(ANN));
    assertEquals(List.of(), blobs().ownedBy(CEM1.user()));
  }

  @Test
  default void blobIsForRegisteredDevicesOnly() {
    Samples.register(store(), ANN1);
    Samples.register(store(), BEN1);
    BlobCatalog blobs = store().blobs();
    assertEquals(CreateOutcome.UNKNOWN, blobs.create(blob(1), ANN1, List.of(BEN1, CEM1), 5));
    assertEquals(CreateOutcome.UNKNOWN, blobs.create(blob(1), ANN1, List.of(BEN2), 5));
    assertEquals(CreateOutcome.UNKNOWN, blobs.create(blob(1), CEM1, List.of(BEN1), 5));
    assertEquals(List.of(), blobs.all());
    assertEquals(CreateOutcome.CREATED, blobs.create(blob(1), ANN1, List.of(BEN1), 5));
    store().directory().remove(BEN1.user(), RemovedReason.USER_REMOVED, 6);
    assertEquals(CreateOutcome.REPEATED, blobs.create(blob(1), ANN1, List.of(BEN1), 7));
  }

  @Test
  default void sealIsFinal() {
    assertEquals(SealOutcome.UNKNOWN, blobs().seal(blob(1), new Seal(1, 300), 5));
    blobs().create(blob(1), ANN1, List.of(BEN1), 5);
    assertEquals(SealOutcome.SEALED, blobs().seal(blob(1), new Seal(1, 300), 6));
    assertEquals(SealOutcome.REPEATED, blobs().seal(blob(1), new Seal(1, 300), 7));
    assertEquals(SealOutcome.CONFLICT, blobs().seal(blob(1), new Seal(1, 301), 7));
    assertEquals(new Seal(1, 300), blobs().find(blob(1)).orElseThrow().seal());
  }

  @Test
  default void blobIsFinishedWhenSealedAndNobodyIsActive() {
    blobs().create(blob(1), ANN1, List.of(BEN1, CEM1), 5);
    assertTrue(blobs().setRecipient(blob(1), BEN1, RecipientState.DONE, 6));
    assertFalse(blobs().setRecipient(blob(1), BEN2, RecipientState.DONE, 6));
    assertFalse(blobs().setRecipient(blob(2), BEN1, RecipientState.DONE, 6));
    blobs().seal(blob(1), new Seal(1, 300), 6);
    assertFalse(blobs().find(blob(1)).orElseThrow().finished());
    blobs().setRecipient(blob(1), CEM1, RecipientState.DECLINED, 7);
    BlobRecord found = blobs().find(blob(1)).orElseThrow();
    assertTrue(found.finished());
    assertEquals(7, found.times().active());
  }

  @Test
  default void removedBlobIsRememberedWithItsReason() {
    blobs().create(blob(1), ANN1, List.of(BEN1), 5);
    assertEquals(Optional.empty(), blobs().whyGone(blob(1)));
    assertTrue(blobs().remove(blob(1), RemovedReason.EXPIRED, 6));
    assertFalse(blobs().remove(blob(1), RemovedReason.EXPIRED, 6));
    assertEquals(Optional.of(RemovedReason.EXPIRED), blobs().whyGone(blob(1)));
    assertEquals(CreateOutcome.GONE, blobs().create(blob(1), ANN1, List.of(BEN1), 7));
    assertEquals(List.of(), blobs().all());
    blobs().create(blob(2), ANN1, List.of(BEN1), 5);
    blobs().remove(blob(2), RemovedReason.FINISHED, 6);
    assertEquals(CreateOutcome.FINISHED, blobs().create(blob(2), ANN1, List.of(BEN1), 7));
  }
}
