package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many blobs one person may make and end, for how many recipients, and how fast. */
class HubBlobLimitsTest {
  private static final int WIDE = WireLimits.MAX_RECIPIENTS;
  private static final int MOST = Policy.Blobs.DEFAULT.recipients();

  private final HubRig rig = new HubRig();
  private final HubRig.Person anna = rig.known("anna", 1);
  private final HubRig.Person ben = rig.known("ben", 2);
  private final ConnectionId a = rig.login(anna);
  private int refs;

  private static BlobId blob(int number) {
    return new BlobId(Bytes.of(ByteBuffer.allocate(16).putInt(number).array()));
  }

  private static byte[] recipients(int count) {
    List<Address> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new Address(new UserId("reader" + i), new DeviceId(HubRig.bytes(8, i))));
    }
    return Address.encodeList(all);
  }

  private int create(ConnectionId by, int number, byte[] recipients) {
    rig.say(by, new PeerMessage.CreateBlob(++refs, blob(number)), recipients);
    return refs;
  }

  private boolean done(ConnectionId by, int ref) {
    return rig.said(by, RelayMessage.Done.class).stream().anyMatch(done -> done.ref() == ref);
  }

  private RelayMessage.Refused refusal(ConnectionId by, int ref) {
    return rig.said(by, RelayMessage.Refused.class).stream()
        .filter(refused -> refused.ref() != null && refused.ref() == ref)
        .findFirst()
        .orElse(null);
  }

  @Test
  void recipientsOfOneOwnerAreLimitedAndComeBackWithTheBlob() {
    for (int i = 0; i < MOST / WIDE; i++) {
      assertTrue(done(a, create(a, i, recipients(WIDE))));
    }
    int more = create(a, 900, recipients(1));
    assertEquals(FaultCode.BLOB_QUOTA, refusal(a, more).code());
    assertTrue(done(a, create(a, 3, recipients(WIDE))), "one there is may be asked for again");
    ConnectionId b = rig.login(ben);
    assertTrue(done(b, create(b, 901, recipients(WIDE))), "others are not concerned");
    rig.say(a, new PeerMessage.DropBlob(++refs, blob(3)));
    assertTrue(done(a, create(a, 902, recipients(WIDE))));
    assertEquals(FaultCode.BLOB_QUOTA, refusal(a, create(a, 903, recipients(1))).code());
  }

  @Test
  void whatIsStillWithTheStoreCountsAndIsGivenBackWhenItFails() {
    rig.answering = false;
    for (int i = 0; i < MOST / WIDE; i++) {
      assertNull(refusal(a, create(a, i, recipients(WIDE))));
    }
    assertEquals(FaultCode.BLOB_QUOTA, refusal(a, create(a, 900, recipients(1))).code());
    rig.fail(FaultCode.STORE_BUSY);
    int again = create(a, 0, recipients(WIDE));
    assertNull(refusal(a, again));
    assertEquals(FaultCode.BLOB_QUOTA, refusal(a, create(a, 900, recipients(1))).code());
    rig.answerAll();
    assertTrue(done(a, again));
    assertEquals(MOST / WIDE, rig.hub.status().blobs().count());
    assertEquals(FaultCode.BLOB_QUOTA, refusal(a, create(a, 900, recipients(1))).code());
  }

  @Test
  void blobsOfOneOwnerAreLimitedThoughTheStoreIsSlow() {
    Policy.Limits some = Policy.Limits.DEFAULT;
    rig.on(
        new HubEvent.SetPolicy(
            new Policy(
                "few",
                Policy.Registration.OPEN,
                Policy.Visibility.OPEN,
                new Policy.Limits(
                    10,
                    10,
                    some.messages(),
                    some.bundles(),
                    some.attempts(),
                    new Policy.Blobs(10L << 30, 3, 4096, 32L << 20, 96L << 20)))));
    rig.answering = false;
    for (int i = 0; i < 3; i++) {
      assertNull(refusal(a, create(a, i, recipients(1))));
    }
    assertEquals(FaultCode.BLOB_QUOTA, refusal(a, create(a, 3, recipients(1))).code());
  }

  private static BlobAdmission admission() {
    return new BlobAdmission(
        new Rules(Policy.byInvite("x"), HubRig.SIGNING, HubRig.RELAY, n -> HubRig.bytes(n, 1)),
        new RateLimits());
  }

  /**
   * Takes all there is for one owner: blobs of a width that uses up both limits, then small ones.
   */
  private static int takeAll(BlobAdmission admission, UserId owner) {
    int blobs = 0;
    for (int width : new int[] {MOST / 1000, 1}) {
      for (; admission.roomFor(owner, width); blobs++) {
        admission.add(owner, width);
      }
    }
    return blobs;
  }

  @Test
  void ownersWhoTakeAllTheyCanLeaveRoomForTheNext() {
    BlobAdmission admission = admission();
    for (int owners = 1; owners <= 100; owners++) {
      assertTrue(
          takeAll(admission, new UserId("greedy" + owners)) > 0, "nothing for owner " + owners);
      if (owners == 16) {
        assertTrue(admission.roomFor(new UserId("fresh"), WIDE), "after 16");
      }
    }
    assertTrue(admission.roomFor(new UserId("fresh"), 1));
    assertTrue(
        takeAll(admission(), new UserId("alone")) >= 1000,
        "where there is room, an owner's own limits are what counts");
  }

  @Test
  void allOwnersTogetherHaveALimitThatFitsTheHeap() {
    BlobAdmission admission = admission();
    int owners = 0;
    while (owners < 1_000 && admission.roomFor(new UserId("owner" + owners), MOST)) {
      admission.add(new UserId("owner" + owners++), MOST);
    }
    assertTrue(owners >= 20, owners + " owners");
    assertTrue((long) owners * MOST <= BlobAdmission.MOST_WEIGHT, owners + " owners");
    admission.remove(new UserId("owner0"), MOST);
    assertTrue(admission.roomFor(new UserId("fresh"), MOST - 10));
  }

  @Test
  void aBlobForSomebodyWhoIsNotHereIsRefused() {
    rig.store.recipientsMustExist = true;
    int ref = create(a, 1, recipients(1));
    assertEquals(FaultCode.USER_UNKNOWN, refusal(a, ref).code());
    assertEquals(0, rig.hub.status().blobs().count());
    assertTrue(done(a, create(a, 2, Address.encodeList(List.of(ben.who)))));
  }

  @Test
  void makingAndDroppingWithoutEndIsLimitedByRecipientsAndTheAnswerSaysHowLong() {
    int made = 0;
    RelayMessage.Refused refused = null;
    while (refused == null && made < 1_000) {
      refused = refusal(a, create(a, made++, recipients(WIDE)));
      rig.say(a, new PeerMessage.DropBlob(++refs, blob(made - 1)));
    }
    assertEquals(FaultCode.RATE_LIMITED, refused.code());
    assertTrue(made <= 40, made + " blobs for " + WIDE);
    assertTrue(refused.retryAfterMillis() > 0 && refused.retryAfterMillis() < 10_000);
    rig.now += refused.retryAfterMillis();
    assertTrue(done(a, create(a, 5_000, recipients(WIDE))));
    ConnectionId b = rig.login(ben);
    assertTrue(done(b, create(b, 5_001, recipients(WIDE))), "another person has another bucket");
  }

  @Test
  void whoeverMadeAsManyAsTheyMayCanStillDropThemAll() {
    int made = 0;
    while (refusal(a, create(a, made, recipients(1))) == null) {
      made++;
    }
    assertTrue(made >= 900, made + " blobs");
    for (int i = 0; i < made; i++) {
      rig.say(a, new PeerMessage.DropBlob(++refs, blob(i)));
      assertTrue(done(a, refs), "drop " + i + ": " + refusal(a, refs));
    }
    assertEquals(0, rig.hub.status().blobs().count());
  }

  @Test
  void endingWhatIsNotThereIsLimitedToo() {
    RelayMessage.Refused refused = null;
    int asked = 0;
    while (asked < 100_000 && (refused == null || refused.code() == FaultCode.BLOB_UNKNOWN)) {
      PeerMessage message =
          switch (++asked % 3) {
            case 0 -> new PeerMessage.FinishBlob(++refs, blob(1));
            case 1 -> new PeerMessage.DeclineBlob(++refs, blob(1));
            default -> new PeerMessage.DropBlob(++refs, blob(1));
          };
      rig.say(a, message);
      refused = rig.said(a, RelayMessage.Refused.class).isEmpty() ? null : last(a);
    }
    assertEquals(FaultCode.RATE_LIMITED, refused.code());
    assertTrue(refused.retryAfterMillis() > 0);
    assertTrue(asked > 8_000 && asked < 9_000, asked + " requests");
  }

  private RelayMessage.Refused last(ConnectionId by) {
    return rig.last(by, RelayMessage.Refused.class);
  }

  @Test
  void fiveHundredFilesForTenPeopleOneAfterAnotherAreNeverHeldUp() {
    List<HubRig.Person> people = new ArrayList<>();
    List<ConnectionId> readers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      people.add(rig.known("friend" + i, 10 + i));
      readers.add(rig.login(people.get(i)));
    }
    byte[] all = Address.encodeList(people.stream().map(person -> person.who).toList());
    for (int file = 0; file < 500; file++) {
      rig.now += 50;
      assertTrue(done(a, create(a, file, all)), "file " + file);
      for (ConnectionId reader : readers) {
        rig.say(reader, new PeerMessage.FinishBlob(++refs, blob(file)));
        assertTrue(done(reader, refs), "file " + file);
      }
      rig.say(a, new PeerMessage.DropBlob(++refs, blob(file)));
      assertTrue(done(a, refs), "file " + file);
    }
  }

  @Test
  void endingCountsAmongTheRequestsThatWait() {
    for (int i = 0; i < Turn.MOST_IN_FLIGHT; i++) {
      create(a, i, Address.encodeList(List.of(ben.who)));
    }
    ConnectionId b = rig.login(ben);
    rig.answering = false;
    for (int i = 0; i < Turn.MOST_IN_FLIGHT; i++) {
      rig.say(b, new PeerMessage.FinishBlob(++refs, blob(i)));
      rig.say(a, new PeerMessage.DropBlob(++refs, blob(i)));
    }
    assertTrue(rig.all.contains(new HubEffect.PauseReading(a)));
    assertTrue(rig.all.contains(new HubEffect.PauseReading(b)));
    rig.answerAll();
    assertTrue(rig.all.contains(new HubEffect.ResumeReading(a)));
    assertTrue(rig.all.contains(new HubEffect.ResumeReading(b)));
  }
}
