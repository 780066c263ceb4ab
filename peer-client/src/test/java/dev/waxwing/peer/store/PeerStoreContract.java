package dev.waxwing.peer.store;

import static dev.waxwing.peer.store.Samples.ALI;
import static dev.waxwing.peer.store.Samples.BEA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.MessageId;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.PeerStore.MessageQuery;
import dev.waxwing.peer.session.PeerStore.MessageRow;
import dev.waxwing.peer.session.PeerStore.OutboxRow;
import dev.waxwing.peer.session.PeerStore.PrekeyRow;
import dev.waxwing.peer.session.PeerStore.TransferRow;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of a peer keeps, whatever it is made of. */
abstract class PeerStoreContract {
  private static final Address SENDER = Samples.address(ALI, 1);

  /** The store under test, the same one within a test. */
  abstract PeerStore store();

  private <R> R read(Function<PeerStore.Tx, R> work) {
    return store().transact(work);
  }

  private boolean holds(Predicate<PeerStore.Tx> question) {
    return store().transact(question::test);
  }

  private int count(ToIntFunction<PeerStore.Tx> question) {
    return store().transact(question::applyAsInt);
  }

  private void write(Consumer<PeerStore.Tx> work) {
    store()
        .transact(
            tx -> {
              work.accept(tx);
              return true;
            });
  }

  @Test
  void valueIsReplacedAndRemoved() {
    write(tx -> tx.putValue("relay", new byte[] {1}));
    write(tx -> tx.putValue("relay", new byte[0]));
    assertArrayEquals(new byte[0], read(tx -> tx.value("relay").orElseThrow()));
    write(tx -> tx.removeValue("relay"));
    assertTrue(holds(tx -> tx.value("relay").isEmpty()));
  }

  @Test
  void changeOfAnArrayAfterwardsChangesNothingStored() {
    byte[] mine = {1, 2};
    write(tx -> tx.putValue("v", mine));
    mine[0] = 9;
    byte[] read = read(tx -> tx.value("v").orElseThrow());
    assertArrayEquals(new byte[] {1, 2}, read);
    read[1] = 9;
    assertArrayEquals(new byte[] {1, 2}, read(tx -> tx.value("v").orElseThrow()));
  }

  @Test
  void workThatThrowsChangesNothing() {
    write(tx -> tx.putMessage(Samples.line(1, ALI, "kept")));
    IllegalArgumentException thrown = new IllegalArgumentException("from the work");
    assertSame(
        thrown,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                write(
                    tx -> {
                      tx.putMessage(Samples.line(1, ALI, "changed"));
                      tx.putMessage(Samples.line(2, ALI, "new"));
                      tx.putConversation(SENDER, new byte[] {7});
                      tx.putSeen(SENDER, Samples.message(2));
                      throw thrown;
                    })));
    assertEquals(List.of("kept"), texts(Samples.newest(9)));
    assertTrue(holds(tx -> tx.conversation(SENDER).isEmpty()));
    assertFalse(holds(tx -> tx.seen(SENDER, Samples.message(2))));
  }

  @Test
  void removalThatIsTakenBackKeepsTheOrder() {
    write(
        tx ->
            IntStream.range(0, 3)
                .forEach(n -> tx.putTransfer(new TransferRow(Samples.blob(n), new byte[0], n))));
    assertThrows(
        IllegalStateException.class,
        () ->
            write(
                tx -> {
                  tx.removeTransfer(Samples.blob(0));
                  throw new IllegalStateException("from the work");
                }));
    assertEquals(
        List.of(Samples.blob(0), Samples.blob(1), Samples.blob(2)),
        read(PeerStore.Tx::transfers).stream().map(TransferRow::blob).toList());
  }

  @Test
  void nestedTransactionIsRefusedAndTheOuterOneEndsUnchanged() {
    assertThrows(
        IllegalStateException.class,
        () ->
            write(
                tx -> {
                  tx.putValue("outer", new byte[1]);
                  write(inner -> inner.putValue("inner", new byte[1]));
                }));
    assertTrue(holds(tx -> tx.value("outer").isEmpty()));
    write(tx -> tx.putValue("after", new byte[1]));
    assertTrue(holds(tx -> tx.value("after").isPresent()));
  }

  @Test
  void transactionIsDeadAfterItsEnd() {
    AtomicReference<PeerStore.Tx> kept = new AtomicReference<>();
    write(kept::set);
    assertThrows(IllegalStateException.class, () -> kept.get().putValue("late", new byte[1]));
    assertThrows(IllegalStateException.class, () -> kept.get().unread());
    assertTrue(holds(tx -> tx.value("late").isEmpty()));
  }

  @Test
  void prekeysComeOldestFirstAndByKind() {
    write(
        tx -> {
          tx.putPrekey(Samples.prekey(Prekeys.Kind.ONE_TIME, 3, 10));
          tx.putPrekey(Samples.prekey(Prekeys.Kind.ONE_TIME, 2, 20));
          tx.putPrekey(Samples.prekey(Prekeys.Kind.ONE_TIME, 1, 20));
          tx.putPrekey(Samples.prekey(Prekeys.Kind.SIGNED, 1, 5));
        });
    assertEquals(
        List.of(3L, 1L, 2L),
        read(tx -> tx.prekeys(Prekeys.Kind.ONE_TIME)).stream().map(PrekeyRow::id).toList());
    PrekeyRow one = read(tx -> tx.prekey(Prekeys.Kind.ONE_TIME, 3).orElseThrow());
    assertEquals(10, one.created());
    assertEquals(3, one.secret()[0]);
    write(tx -> tx.removePrekey(Prekeys.Kind.ONE_TIME, 1));
    write(tx -> tx.removePrekey(Prekeys.Kind.ONE_TIME, 77));
    assertTrue(holds(tx -> tx.prekey(Prekeys.Kind.ONE_TIME, 1).isEmpty()));
    assertTrue(holds(tx -> tx.prekey(Prekeys.Kind.SIGNED, 1).isPresent()));
  }

  @Test
  void conversationsAreListedInOrderAndReplaced() {
    write(tx -> tx.putConversation(Samples.address(BEA, 1), new byte[] {1}));
    write(tx -> tx.putConversation(Samples.address(ALI, 2), new byte[] {2}));
    write(tx -> tx.putConversation(Samples.address(ALI, 1), new byte[] {3}));
    write(tx -> tx.putConversation(Samples.address(ALI, 2), new byte[] {4}));
    assertEquals(
        List.of(Samples.address(ALI, 1), Samples.address(ALI, 2), Samples.address(BEA, 1)),
        read(PeerStore.Tx::conversations));
    assertArrayEquals(
        new byte[] {4}, read(tx -> tx.conversation(Samples.address(ALI, 2)).orElseThrow()));
  }

  @Test
  void seenIsPerSendingDevice() {
    MessageId id = Samples.message(1);
    write(tx -> tx.putSeen(SENDER, id));
    write(tx -> tx.putSeen(SENDER, id));
    assertTrue(holds(tx -> tx.seen(SENDER, id)));
    assertFalse(holds(tx -> tx.seen(Samples.address(ALI, 2), id)));
    assertFalse(holds(tx -> tx.seen(Samples.address(BEA, 1), id)));
    assertFalse(holds(tx -> tx.seen(SENDER, Samples.message(2))));
  }

  @Test
  void replayMarksDieWithTheirPrekey() {
    Bytes hash = Bytes.of(new byte[32]);
    write(tx -> tx.putReplayed(4, hash));
    write(tx -> tx.putReplayed(5, hash));
    write(tx -> tx.putReplayed(5, hash));
    write(tx -> tx.removeReplayedBelow(5));
    assertFalse(holds(tx -> tx.replayed(4, hash)));
    assertTrue(holds(tx -> tx.replayed(5, hash)));
    assertFalse(holds(tx -> tx.replayed(5, Bytes.of(new byte[] {1}))));
  }

  @Test
  void contactComesBackAsItWasWithAndWithoutNames() {
    PeerStore.ContactRow full =
        new PeerStore.ContactRow(
            BEA,
            "Béa \uD83D\uDC26",
            "",
            Bytes.of(new byte[] {1}),
            Bytes.of(new byte[0]),
            Trust.CHANGED,
            new PeerStore.Marks(true, true, 99),
            3);
    write(tx -> tx.putContact(full));
    write(tx -> tx.putContact(Samples.contact(ALI, null, null)));
    assertEquals(List.of(Samples.contact(ALI, null, null), full), read(PeerStore.Tx::contacts));
    write(tx -> tx.putContact(Samples.contact(BEA, "b", null)));
    assertEquals(Samples.contact(BEA, "b", null), read(tx -> tx.contact(BEA).orElseThrow()));
    write(tx -> tx.removeContact(BEA));
    assertTrue(holds(tx -> tx.contact(BEA).isEmpty()));
  }

  @Test
  void messageKeepsItsPlaceWhenItChanges() {
    write(tx -> tx.putMessage(Samples.line(1, ALI, "one")));
    write(tx -> tx.putMessage(Samples.line(2, ALI, "two")));
    write(tx -> tx.putMessage(Samples.line(1, ALI, "one").in(MessageRow.State.READ)));
    assertEquals(List.of("one", "two"), texts(Samples.newest(9)));
    assertEquals(
        MessageRow.State.READ, read(tx -> tx.message(Samples.message(1)).orElseThrow()).state());
    assertEquals(1, count(PeerStore.Tx::unread));
  }

  @Test
  void messageComesBackAsItWas() {
    MessageRow row =
        new MessageRow(
            Samples.message(4),
            BEA,
            MessageRow.State.HELD,
            MessageRow.Kind.FILE,
            Long.MIN_VALUE,
            12,
            "a\u0000b\nسلام",
            Samples.blob(3),
            true);
    write(tx -> tx.putMessage(row));
    assertEquals(row, read(tx -> tx.message(Samples.message(4)).orElseThrow()));
  }

  @Test
  void queryTakesTheNewestAndShowsThemOldestFirst() {
    write(
        tx ->
            IntStream.range(0, 10)
                .forEach(n -> tx.putMessage(Samples.line(n, n % 2 == 0 ? ALI : BEA, "line " + n))));
    assertEquals(List.of("line 8", "line 9"), texts(Samples.newest(2)));
    assertEquals(List.of("line 6", "line 8"), texts(new MessageQuery(ALI, null, 0, null, 2)));
    assertEquals(List.of("line 8", "line 9"), texts(new MessageQuery(null, null, 1008, null, 9)));
    assertEquals(List.of("line 3"), texts(new MessageQuery(null, null, 0, "LINE 3", 9)));
    assertEquals(List.of(), texts(new MessageQuery(ALI, null, 0, "line 3", 9)));
    assertEquals(List.of(), texts(Samples.newest(0)));
    write(tx -> tx.putMessage(Samples.line(4, ALI, "line 4").in(MessageRow.State.READ)));
    assertEquals(
        List.of("line 4"), texts(new MessageQuery(null, MessageRow.State.READ, 0, null, 9)));
    assertEquals(
        List.of("line 4"), texts(new MessageQuery(ALI, MessageRow.State.READ, 0, null, 9)));
  }

  @Test
  void searchIgnoresCaseAlsoOfSharpS() {
    write(tx -> tx.putMessage(Samples.line(1, ALI, "Große Straße")));
    assertEquals(1, texts(new MessageQuery(null, null, 0, "STRASSE", 9)).size());
    assertEquals(1, texts(new MessageQuery(null, null, 0, "straße", 9)).size());
    assertEquals(0, texts(new MessageQuery(null, null, 0, "gasse", 9)).size());
  }

  @Test
  void outboxKeepsPlacesOverStates() {
    write(
        tx ->
            IntStream.range(0, 3)
                .forEach(
                    n ->
                        tx.putOutbox(Samples.outgoing(n, OutboxRow.State.QUEUED, new byte[] {1}))));
    OutboxRow sealed =
        new OutboxRow(
            Samples.message(0),
            BEA,
            OutboxRow.State.SEALED,
            6,
            new byte[] {2},
            List.of(
                new OutboxRow.Sealed(Samples.device(1), new byte[] {3}),
                new OutboxRow.Sealed(Samples.device(2), new byte[0])),
            2);
    write(tx -> tx.putOutbox(sealed));
    assertEquals(List.of(Samples.message(1), Samples.message(2)), queued());
    OutboxRow read = read(tx -> tx.outbox(Samples.message(0)).orElseThrow());
    assertEquals(BEA, read.to());
    assertEquals(2, read.attempts());
    assertArrayEquals(new byte[] {2}, read.plaintext());
    assertEquals(Samples.device(2), read.sealed().get(1).device());
    assertArrayEquals(new byte[] {3}, read.sealed().get(0).envelope());
    write(tx -> tx.putOutbox(Samples.outgoing(0, OutboxRow.State.QUEUED, new byte[] {1})));
    assertEquals(Samples.message(0), queued().get(0));
    write(tx -> tx.removeOutbox(Samples.message(0)));
    assertTrue(holds(tx -> tx.outbox(Samples.message(0)).isEmpty()));
  }

  @Test
  void outboxIsAskedByPersonAndSweptByTimeWithinAState() {
    write(
        tx -> {
          for (int n = 0; n < 6; n++) {
            OutboxRow.State state = n < 4 ? OutboxRow.State.ACCEPTED : OutboxRow.State.QUEUED;
            tx.putOutbox(
                new OutboxRow(
                    Samples.message(n),
                    n % 2 == 0 ? ALI : BEA,
                    state,
                    100 + n,
                    new byte[0],
                    List.of(),
                    0));
          }
        });
    assertEquals(
        List.of(Samples.message(0)),
        read(tx -> tx.outbox(OutboxRow.State.ACCEPTED, ALI, 1)).stream()
            .map(OutboxRow::id)
            .toList());
    assertEquals(2, read(tx -> tx.outbox(OutboxRow.State.ACCEPTED, BEA, 9)).size());
    assertEquals(List.of(), read(tx -> tx.outbox(OutboxRow.State.ACCEPTED, BEA, 0)));
    assertEquals(Set.of(ALI, BEA), Set.copyOf(read(tx -> tx.outboxPeople(OutboxRow.State.QUEUED))));
    assertEquals(2, read(tx -> tx.outboxPeople(OutboxRow.State.ACCEPTED)).size());
    assertEquals(List.of(), read(tx -> tx.outboxPeople(OutboxRow.State.SEALED)));
    write(tx -> tx.removeOutboxBefore(OutboxRow.State.ACCEPTED, 102));
    assertEquals(2, count(tx -> tx.outboxSize(OutboxRow.State.ACCEPTED)));
    assertEquals(2, count(tx -> tx.outboxSize(OutboxRow.State.QUEUED)));
    assertTrue(holds(tx -> tx.outbox(Samples.message(1)).isEmpty()));
    assertTrue(holds(tx -> tx.outbox(Samples.message(2)).isPresent()));
  }

  @Test
  void transfersKeepTheOrderInWhichTheyBegan() {
    write(tx -> tx.putTransfer(new TransferRow(Samples.blob(2), new byte[] {1}, 50)));
    write(tx -> tx.putTransfer(new TransferRow(Samples.blob(1), new byte[] {2}, 60)));
    write(tx -> tx.putTransfer(new TransferRow(Samples.blob(2), new byte[] {3}, 70)));
    List<TransferRow> rows = read(PeerStore.Tx::transfers);
    assertEquals(List.of(70L, 60L), rows.stream().map(TransferRow::updated).toList());
    assertArrayEquals(new byte[] {3}, rows.get(0).details());
    write(tx -> tx.removeTransfer(Samples.blob(2)));
    assertTrue(holds(tx -> tx.transfer(Samples.blob(2)).isEmpty()));
    assertTrue(holds(tx -> tx.transfer(Samples.blob(1)).isPresent()));
  }

  @Test
  void quarantineHoldsAThousandAndNoMore() {
    write(
        tx ->
            IntStream.range(0, 1_005)
                .forEach(n -> tx.putQuarantine(SENDER, Samples.message(n), new byte[] {1}, n)));
    assertEquals(1_000, count(PeerStore.Tx::quarantined));
    write(tx -> tx.putQuarantine(SENDER, Samples.message(1_004), new byte[] {2}, 9));
    assertEquals(1_000, count(PeerStore.Tx::quarantined));
  }

  private List<MessageId> queued() {
    return read(tx -> tx.outbox(OutboxRow.State.QUEUED)).stream().map(OutboxRow::id).toList();
  }

  private List<String> texts(MessageQuery query) {
    return read(tx -> tx.messages(query)).stream().map(MessageRow::text).toList();
  }
}
