package dev.waxwing.peer.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.wire.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What messages change of the transfers, and whose. */
class TransferBookTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final Bytes KEY = Bytes.of(new byte[32]);
  private static final Address ALICE = address("alice", 1);
  private static final Address MALLORY = address("mallory", 2);

  private final MemoryPeerStore store = new MemoryPeerStore();
  private final TransferBook book = new TransferBook();

  private static Address address(String name, int device) {
    byte[] id = new byte[DeviceId.LENGTH];
    id[0] = (byte) device;
    return new Address(new UserId(name), new DeviceId(Bytes.of(id)));
  }

  private static BlobId blob(int number) {
    byte[] id = new byte[BlobId.LENGTH];
    id[0] = (byte) number;
    return new BlobId(Bytes.of(id));
  }

  private static Content.Offer offer(int blob, String name, BlobId replaces) {
    return new Content.Offer(blob(blob), KEY, name, Content.Shape.FILE, 9, 1, "", replaces);
  }

  private void told(Address from, Content content) {
    store.transact(
        tx -> {
          book.store(tx, from, content, NOW);
          return true;
        });
  }

  private Receiving receiving(int blob) {
    return store.transact(tx -> book.receiving(tx, blob(blob)));
  }

  private Sending sending(int blob) {
    return store.transact(tx -> book.sending(tx, blob(blob)));
  }

  private void take(int blob) {
    store.transact(
        tx -> {
          Receiving.Target target =
              new Receiving.Target("/home/bob", "mine", OnClash.values()[0], "/home/bob/x.part");
          book.put(tx, book.receiving(tx, blob(blob)).to(target).at(Stage.ACTIVE, null), NOW);
          return true;
        });
  }

  private void send(int blob, String... people) {
    Sending row =
        new Sending(
            blob(blob),
            new Sending.Keys(KEY, KEY),
            new Sending.From(Sending.Kind.STREAM, "", null),
            "name",
            "",
            List.of(people).stream()
                .map(name -> new Sending.Recipient(new UserId(name), Stage.WAITING))
                .toList(),
            Stage.AT_RELAY,
            new Sending.Counts(9, 9, 0),
            null,
            null,
            NOW,
            null);
    store.transact(
        tx -> {
          book.put(tx, row, NOW);
          return true;
        });
  }

  @Test
  void offerIsKeptAndItsDescriptorAdded() {
    told(ALICE, offer(1, "a.txt", null));
    assertEquals(Stage.OFFERED, receiving(1).stage());
    told(ALICE, new Content.Final(blob(1), 209, KEY));
    assertEquals(new Sending.Sealed(KEY, 209), receiving(1).sealed());
  }

  @Test
  void offerThatExistsIsNotOverwritten() {
    told(ALICE, offer(1, "a.txt", null));
    take(1);
    told(ALICE, offer(1, "b.txt", null));
    told(MALLORY, offer(1, "c.txt", null));
    assertEquals("a.txt", receiving(1).offer().name());
    assertEquals(ALICE, receiving(1).from());
    assertEquals(Stage.ACTIVE, receiving(1).stage());
  }

  @Test
  void offerOfABlobSentFromHereChangesNothing() {
    send(1, "alice");
    told(ALICE, offer(1, "a.txt", null));
    assertEquals("name", sending(1).name());
  }

  @Test
  void onlyTheDeviceThatMadeAnOfferCanChangeIt() {
    told(ALICE, offer(1, "a.txt", null));
    take(1);
    for (Address other : List.of(MALLORY, address("alice", 9))) {
      told(other, new Content.Final(blob(1), 209, KEY));
      told(other, new Content.Withdraw(blob(1)));
      told(other, offer(2, "instead", blob(1)));
      assertNull(receiving(1).sealed());
      assertEquals(Stage.ACTIVE, receiving(1).stage());
      store.transact(
          tx -> {
            assertNull(book.receiving(tx, blob(2)).target());
            tx.removeTransfer(blob(2));
            return true;
          });
    }
  }

  @Test
  void descriptorIsSaidOnce() {
    told(ALICE, offer(1, "a.txt", null));
    told(ALICE, new Content.Final(blob(1), 209, KEY));
    told(ALICE, new Content.Final(blob(1), 999, KEY));
    assertEquals(209, receiving(1).sealed().size());
  }

  @Test
  void replacementGoesWhereTheFirstWasToGoFromItsStart() {
    told(ALICE, offer(1, "a.txt", null));
    take(1);
    told(ALICE, offer(2, "a.txt", blob(1)));
    assertEquals(Stage.CANCELLED, receiving(1).stage());
    assertEquals(Stage.WAITING, receiving(2).stage());
    assertEquals("mine", receiving(2).target().name());
    assertNull(receiving(2).target().part());
  }

  @Test
  void replacementThatIsAnotherFileIsAnOfferAndForgetsWhereTheFirstWasToGo() {
    List<Content.Offer> others =
        List.of(
            new Content.Offer(blob(2), KEY, "thesis.odt", Content.Shape.FILE, 9, 1, "", blob(1)),
            new Content.Offer(blob(2), KEY, "a.txt", Content.Shape.FOLDER, 9, 1, "", blob(1)),
            new Content.Offer(
                blob(2), KEY, "a.txt", Content.Shape.FILE, 900L << 30, 1, "", blob(1)),
            new Content.Offer(blob(2), KEY, "a.txt", Content.Shape.FILE, -1, 1, "", blob(1)));
    for (Content.Offer other : others) {
      told(ALICE, offer(1, "a.txt", null));
      take(1);
      told(ALICE, other);
      assertEquals(Stage.CANCELLED, receiving(1).stage(), other::name);
      assertEquals(Stage.OFFERED, receiving(2).stage(), other::name);
      assertNull(receiving(2).target(), other::name);
      store.transact(
          tx -> {
            tx.removeTransfer(blob(1));
            tx.removeTransfer(blob(2));
            return true;
          });
    }
  }

  @Test
  void replacementOfAFileOfUnknownSizeMaySayOne() {
    told(ALICE, new Content.Offer(blob(1), KEY, "a.txt", Content.Shape.FILE, -1, 1, "", null));
    take(1);
    told(ALICE, offer(2, "a.txt", blob(1)));
    assertEquals(Stage.WAITING, receiving(2).stage());
  }

  @Test
  void replacementOfWhatNobodyTookIsAnOffer() {
    told(ALICE, offer(1, "a.txt", null));
    told(ALICE, offer(2, "a.txt", blob(1)));
    assertEquals(Stage.OFFERED, receiving(2).stage());
  }

  @Test
  void replacementOfWhatEndedIsAnOffer() {
    told(ALICE, offer(1, "a.txt", null));
    take(1);
    told(ALICE, new Content.Withdraw(blob(1)));
    told(ALICE, offer(2, "a.txt", blob(1)));
    assertEquals(Stage.OFFERED, receiving(2).stage());
    assertNull(receiving(2).target());
  }

  @Test
  void offerMayNotReplaceItself() {
    told(ALICE, offer(1, "a.txt", blob(1)));
    assertEquals(Stage.OFFERED, receiving(1).stage());
  }

  @Test
  void rowsWrittenBeforeRecipientsHadKeysAreRead() {
    String row =
        """
        {"sending":{"blob":"BLOB","keys":{"identity":"KEY","seed":"KEY"},
        "source":{"kind":"STREAM","path":""},"name":"name","caption":"",
        "people":[{"user":"alice","stage":"AT_RELAY"}],"stage":"AT_RELAY",
        "counts":{"size":9,"kept":9,"resent":0},"sealed":{"root":"KEY","size":209},"started":1}}
        """
            .replace("BLOB", blob(1).toString())
            .replace("KEY", KEY.toBase64());
    store.transact(
        tx -> {
          tx.putTransfer(new PeerStore.TransferRow(blob(1), row.getBytes(UTF_8), NOW));
          return true;
        });
    assertEquals(
        List.of(new Sending.Recipient(new UserId("alice"), Stage.AT_RELAY)), sending(1).people());
    assertEquals(new Sending.Sealed(KEY, 209), sending(1).sealed());
  }

  @Test
  void onlyRecipientsSayWhatBecameOfAFile() {
    send(1, "alice", "carol");
    told(MALLORY, new Content.FileOutcome(blob(1), Content.FileOutcome.Outcome.DECLINED));
    assertEquals(Stage.AT_RELAY, sending(1).stage());
    told(ALICE, new Content.FileOutcome(blob(1), Content.FileOutcome.Outcome.RECEIVED));
    assertEquals(Stage.DONE, sending(1).people().get(0).stage());
    assertEquals(Stage.AT_RELAY, sending(1).stage());
    told(ALICE, new Content.FileOutcome(blob(1), Content.FileOutcome.Outcome.DECLINED));
    assertEquals(Stage.DONE, sending(1).people().get(0).stage());
    told(
        address("carol", 3),
        new Content.FileOutcome(blob(1), Content.FileOutcome.Outcome.DECLINED));
    assertEquals(Stage.DONE, sending(1).stage());
  }

  @Test
  void messagesAboutUnknownTransfersChangeNothing() {
    told(ALICE, new Content.Final(blob(1), 209, KEY));
    told(ALICE, new Content.Withdraw(blob(1)));
    told(ALICE, new Content.Restart(blob(1)));
    told(ALICE, new Content.FileOutcome(blob(1), Content.FileOutcome.Outcome.RECEIVED));
    assertTrue(store.transact(book::all).isEmpty());
  }

  @Test
  void everythingToldTwiceIsAsToldOnce() {
    List<Content> story =
        List.of(
            offer(1, "a.txt", null),
            new Content.Final(blob(1), 209, KEY),
            offer(2, "a.txt", blob(1)),
            new Content.Withdraw(blob(2)));
    story.forEach(content -> told(ALICE, content));
    List<TransferBook.Entry> once = store.transact(book::all);
    story.forEach(content -> told(ALICE, content));
    assertEquals(once, store.transact(book::all));
    assertNotNull(once.get(0).receiving());
  }

  @Test
  void nothingIsKeptOfATurnThatDied() {
    store.crashNext(MemoryPeerStore.Moment.BEFORE_COMMIT);
    try {
      told(ALICE, offer(1, "a.txt", null));
    } catch (MemoryPeerStore.Crashed expected) {
      store.restart();
    }
    assertTrue(store.transact(book::all).isEmpty());
    told(ALICE, offer(1, "a.txt", null));
    assertEquals(Stage.OFFERED, receiving(1).stage());
  }
}
