package dev.waxwing.peer.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.Randomness;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file goes to the account keys for which it was sent, however long that takes. */
class OfferedKeyTest {
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final UserId DAVE = new UserId("dave");
  private static final long SEED = 20261129;

  /** Offered to bob, while there is no connection. */
  private static final BlobId QUEUED = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));

  @TempDir Path folder;

  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch busy = new CountDownLatch(WireLimits.MAX_DATA_CONNECTIONS);
  private MemoryHost host;
  private Transfers transfers;
  private Bytes keyOfBob;

  @BeforeEach
  void open() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    host = new MemoryHost(folder);
    keyOfBob = host.know(BOB, 1, Trust.NEW);
    host.know(CAROL, 2, Trust.NEW);
    host.know(DAVE, 4, Trust.NEW);
    transfers =
        new Transfers(
            host,
            Suite.wx1(),
            length -> {
              byte[] bytes = new byte[length];
              random.nextBytes(bytes);
              return bytes;
            });
  }

  @AfterEach
  void close() {
    go.countDown();
    transfers.close();
  }

  private BlobId send(UserId... people) {
    return transfers.sendText(List.of(people), "message.txt", "hello".getBytes(UTF_8));
  }

  private boolean offered(UserId to) {
    return host.told(to).stream().anyMatch(Content.Offer.class::isInstance);
  }

  private Sending.Recipient copy(BlobId blob, UserId user) {
    return host.sending(blob).copy(user).orElseThrow();
  }

  /** Every worker has something of dave's, for which the relay has no answer yet. */
  private void everyWorkerWaits() throws InterruptedException {
    host.onCreate =
        () -> {
          busy.countDown();
          await(go);
        };
    for (int i = 0; i < WireLimits.MAX_DATA_CONNECTIONS; i++) {
      send(DAVE);
    }
    assertTrue(busy.await(10, TimeUnit.SECONDS));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The transfers of dave make way for the others. */
  private void workersGoOn() {
    host.onCreate = () -> {};
    transfers.all().stream()
        .map(TransferBook.Entry::sending)
        .filter(row -> row.copy(DAVE).isPresent())
        .forEach(row -> transfers.cancel(row.blob()));
    go.countDown();
  }

  @Test
  void aKeyThatComesWhileTheRelayAnswersHearsNothingOfIt() {
    host.onCreate = () -> host.know(BOB, 3, Trust.NEW);
    BlobId blob = send(BOB);
    host.await("its end", () -> host.sending(blob).stage().ended());
    assertEquals(FaultCode.KEY_CHANGED, host.sending(blob).problem().code());
    host.await("its end at the relay", () -> host.dropped(blob));
    assertEquals(List.of(), host.told(BOB));
  }

  @Test
  void aKeyThatIsHeldMeanwhileHearsNothingOfIt() {
    host.onCreate = () -> host.know(BOB, 1, Trust.CHANGED);
    BlobId blob = send(BOB);
    host.await("its end", () -> host.sending(blob).stage().ended());
    assertEquals(FaultCode.KEY_CHANGED, host.sending(blob).problem().code());
    assertEquals(List.of(), host.told(BOB));
  }

  @Test
  void theOthersGetTheirOfferAllTheSame() {
    host.onCreate = () -> host.know(BOB, 3, Trust.NEW);
    BlobId blob = send(BOB, CAROL);
    host.await("the offer", () -> offered(CAROL));
    host.await("the end of one copy", () -> copy(blob, BOB).stage() == Stage.FAILED);
    assertEquals(FaultCode.KEY_CHANGED, copy(blob, BOB).problem().code());
    assertFalse(host.sending(blob).stage().ended());
    assertEquals(List.of(), host.told(BOB));
  }

  @Test
  void theKeyIsNotedBeforeAWorkerIsFree() throws InterruptedException {
    everyWorkerWaits();
    BlobId blob = send(BOB, CAROL);
    assertEquals(keyOfBob, copy(blob, BOB).key());
    host.know(BOB, 3, Trust.NEW);
    workersGoOn();
    host.await("the offer", () -> offered(CAROL));
    assertEquals(FaultCode.KEY_CHANGED, copy(blob, BOB).problem().code());
    assertEquals(List.of(), host.told(BOB));
    assertEquals(List.of(MemoryHost.device(CAROL)), host.named, "nor is the blob for them");
  }

  @Test
  void whoIsMetOnTheWayIsKnownByTheFirstKeyThatIsSeen() {
    host.store(
        tx -> {
          tx.removeContact(BOB);
          return true;
        });
    host.onLookUp = () -> host.know(BOB, 1, Trust.NEW);
    BlobId blob = send(BOB);
    host.await("the offer", () -> offered(BOB));
    assertEquals(keyOfBob, copy(blob, BOB).key());
  }

  @Test
  void whatAnEarlierProgramOfferedIsForThePeopleOfItsRow() {
    BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    host.text(blob, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    host.store(
        tx -> {
          tx.putValue("offered/" + blob, new byte[] {1});
          return true;
        });
    transfers.resumeAll();
    host.await("its blob", () -> host.named.equals(List.of(MemoryHost.device(BOB))));
  }

  @Test
  void aKeyThatComesAfterTheOfferDoesNotChangeForWhomTheBlobIs() {
    BlobId blob = send(BOB, CAROL);
    host.await("the offers", () -> offered(BOB) && offered(CAROL));
    List<Address> first = host.named;
    host.know(BOB, 3, Trust.NEW);
    transfers.arrived(BOB, new Content.Restart(blob));
    host.await("the end of one copy", () -> copy(blob, BOB).stage() == Stage.FAILED);
    host.named = List.of();
    // The network is away all the time: the relay is asked again and again.
    host.await("another request", () -> !host.named.isEmpty());
    assertEquals(first, host.named);
  }

  @Test
  void theSessionLooksAtTheKeyInTheTurnThatQueuesTheOffer() {
    BlobId blob = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
    host.text(blob, new Sending.Recipient(BOB, Stage.WAITING, keyOfBob, null, null), Stage.WAITING);
    Randomness zeros = byte[]::new;
    Identity alice = Identity.create(Suite.wx1(), new UserId("alice"), zeros, 1);
    PeerSession session =
        new PeerSession(host.store, Suite.wx1(), alice, zeros, new TransferBook());
    Content.Offer offer =
        new Content.Offer(blob, keyOfBob, "a.txt", Content.Shape.FILE, 5, 0, "", null);
    session.on(new PeerInput.Submit(message(1), BOB, offer), 1);
    assertEquals(1, queued());
    host.know(BOB, 3, Trust.NEW);
    assertRefused(FaultCode.KEY_CHANGED, session, offer);
    host.know(BOB, 1, Trust.CHANGED);
    assertRefused(FaultCode.KEY_CHANGED, session, offer);
    host.know(BOB, 1, Trust.NEW);
    host.put(host.sending(blob).at(Stage.CANCELLED, null));
    assertRefused(FaultCode.TRANSFER_STATE, session, offer);
  }

  /** An offer for a key of bob's is in the outbox, and there is no connection. */
  private PeerSession sessionWithAnOffer(BlobId blob) {
    host.text(blob, new Sending.Recipient(BOB, Stage.WAITING, keyOfBob, null, null), Stage.WAITING);
    Randomness zeros = byte[]::new;
    Identity alice = Identity.create(Suite.wx1(), new UserId("alice"), zeros, 1);
    PeerSession session =
        new PeerSession(host.store, Suite.wx1(), alice, zeros, new TransferBook());
    Content.Offer offer =
        new Content.Offer(blob, keyOfBob, "a.txt", Content.Shape.FILE, 5, 0, "", null);
    session.on(new PeerInput.Submit(message(1), BOB, offer), 1);
    session.on(new PeerInput.Submit(message(2), BOB, new Content.Text("said")), 1);
    return session;
  }

  private void assertNotForAnyOtherKey() {
    assertTrue(host.store(tx -> tx.outbox(message(1))).isEmpty(), "it waits for another key");
    assertEquals(
        PeerStore.MessageRow.State.FAILED,
        host.store(tx -> tx.message(message(1))).orElseThrow().state());
    assertEquals(FaultCode.KEY_CHANGED, copy(QUEUED, BOB).problem().code());
    assertEquals(Stage.FAILED, copy(QUEUED, BOB).stage());
    assertTrue(host.store(tx -> tx.outbox(message(2))).isPresent(), "what was said waits");
  }

  @Test
  void anOfferThatWaitsIsNotForAKeyThatAPersonAcceptsMeanwhile() {
    PeerSession session = sessionWithAnOffer(QUEUED);
    host.pend(BOB, 1, 3);
    session.on(new PeerInput.Decide(BOB, PeerInput.Decide.Decision.ACCEPT_NEW_KEY), 2);
    assertNotForAnyOtherKey();
  }

  @Test
  void anOfferThatAnEarlierProgramHeldIsNotReleasedToTheNextKey() {
    PeerSession session = sessionWithAnOffer(QUEUED);
    host.store(
        tx -> {
          PeerStore.OutboxRow row = tx.outbox(message(1)).orElseThrow();
          tx.putOutbox(
              new PeerStore.OutboxRow(
                  row.id(),
                  row.to(),
                  PeerStore.OutboxRow.State.HELD,
                  row.created(),
                  row.plaintext(),
                  List.of(),
                  0));
          return true;
        });
    host.know(BOB, 3, Trust.NEW);
    session.on(new PeerInput.Decide(BOB, PeerInput.Decide.Decision.ACCEPT_NEW_KEY), 2);
    assertNotForAnyOtherKey();
  }

  @Test
  void anOfferThatWaitsEndsWhenAnotherKeyIsHeld() {
    PeerSession session = sessionWithAnOffer(QUEUED);
    host.pend(BOB, 1, 3);
    session.on(new PeerInput.LinkUp(welcome()), 2);
    assertNotForAnyOtherKey();
  }

  private static RelayMessage.Welcome welcome() {
    EpochId epoch = new EpochId(Bytes.of(new byte[EpochId.LENGTH]));
    return new RelayMessage.Welcome(
        new UserId("alice"), new DeviceId(Bytes.of(new byte[8])), epoch, 1, 100, 50, false, 0);
  }

  @Test
  void anOfferToSomebodyWhoseKeyNobodyNotedIsRefused() {
    Content.Offer offer =
        new Content.Offer(QUEUED, keyOfBob, "a.txt", Content.Shape.FILE, 5, 0, "", null);
    host.text(QUEUED, new Sending.Recipient(BOB, Stage.WAITING), Stage.WAITING);
    Fault fault = assertThrows(Fault.class, () -> host.tell(BOB, offer));
    assertEquals(FaultCode.KEY_CHANGED, fault.code());
  }

  private void assertRefused(FaultCode code, PeerSession session, Content.Offer offer) {
    PeerInput.Submit submit = new PeerInput.Submit(message(2), BOB, offer);
    assertEquals(code, assertThrows(Fault.class, () -> session.on(submit, 1)).code());
    assertEquals(1, queued());
    assertTrue(host.store(tx -> tx.message(message(2))).isEmpty());
  }

  private int queued() {
    return host.store(tx -> tx.outboxSize(PeerStore.OutboxRow.State.QUEUED));
  }

  private static MessageId message(int number) {
    byte[] id = new byte[MessageId.LENGTH];
    id[0] = (byte) number;
    return new MessageId(Bytes.of(id));
  }

  @Test
  void whatIsCancelledWhileTheRelayAnswersIsNotOffered() throws InterruptedException {
    everyWorkerWaits();
    List<TransferBook.Entry> all = transfers.all();
    all.forEach(one -> transfers.cancel(one.sending().blob()));
    go.countDown();
    transfers.close();
    assertFalse(offered(DAVE));
    assertEquals(all.size(), host.told(DAVE).size(), "told that each is over, and no more");
  }
}
