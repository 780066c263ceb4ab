package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN;
import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN;
import static dev.waxwing.relay.store.Samples.BEN1;
import static dev.waxwing.relay.store.Samples.BEN2;
import static dev.waxwing.relay.store.Samples.CEM;
import static dev.waxwing.relay.store.Samples.CEM1;
import static dev.waxwing.relay.store.Samples.bytes;
import static dev.waxwing.relay.store.Samples.token;
import static dev.waxwing.relay.store.Samples.wish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.DeviceId;
import dev.waxwing.relay.store.Registration.Outcome;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every directory must do. */
interface DirectoryContract {
  /** The store under test, in a transaction. */
  StoreEngine store();

  private Directory directory() {
    return store().directory();
  }

  @Test
  default void firstAccountKeyKeepsTheName() {
    assertEquals(Outcome.REGISTERED, directory().register(wish(ANN1, null), 7));
    Registration other = new Registration(ANN, bytes(32, 99), ANN1.device(), bytes(200, 98), null);
    assertEquals(Outcome.USER_TAKEN, directory().register(other, 8));
    UserEntry found = directory().find(ANN).orElseThrow();
    assertEquals(wish(ANN1, null).accountKey(), found.accountKey());
    assertEquals(wish(ANN1, null).record(), found.record());
    assertEquals(List.of(ANN1.device()), found.devices());
    assertEquals(new UserEntry.Times(7, 7), found.times());
  }

  @Test
  default void repeatedRegistrationUsesUpNoInvite() {
    directory().createInvite(token(1), new Invite.Limits(0, 100, 2), "for ann");
    assertEquals(Outcome.REGISTERED, directory().register(wish(ANN1, token(1)), 7));
    assertEquals(Outcome.REPEATED, directory().register(wish(ANN1, token(1)), 8));
    assertEquals(Outcome.REPEATED, directory().register(wish(ANN1, token(1)), 5000));
    assertEquals(1, directory().invites().get(0).used());
  }

  @Test
  default void repetitionWithAnotherTokenOrRecordIsNone() {
    directory().createInvite(token(1), new Invite.Limits(0, 100, 2), "");
    directory().createInvite(token(2), new Invite.Limits(0, 100, 2), "");
    directory().register(wish(ANN1, token(1)), 7);
    assertEquals(Outcome.USER_TAKEN, directory().register(wish(ANN1, token(2)), 8));
    Registration first = wish(ANN1, token(1));
    Registration changed =
        new Registration(ANN, first.accountKey(), ANN1.device(), bytes(200, 1234), first.token());
    assertEquals(Outcome.USER_TAKEN, directory().register(changed, 8));
  }

  @Test
  default void everyBadInviteHasItsOwnAnswerAndRegistersNobody() {
    directory().createInvite(token(1), new Invite.Limits(0, 100, 1), "");
    directory().createInvite(token(2), new Invite.Limits(0, 100, 1), "");
    directory().createInvite(token(3), new Invite.Limits(0, 100, 1), "");
    directory().register(wish(CEM1, token(2)), 1);
    assertTrue(directory().revokeInvite(token(3)));
    assertFalse(directory().revokeInvite(token(9)));
    assertEquals(Outcome.INVITE_UNKNOWN, directory().register(wish(ANN1, token(9)), 1));
    assertEquals(Outcome.INVITE_EXPIRED, directory().register(wish(ANN1, token(1)), 100));
    assertEquals(Outcome.INVITE_USED, directory().register(wish(ANN1, token(2)), 1));
    assertEquals(Outcome.INVITE_REVOKED, directory().register(wish(ANN1, token(3)), 1));
    assertTrue(directory().find(ANN).isEmpty());
    assertEquals(Outcome.REGISTERED, directory().register(wish(ANN1, token(1)), 99));
  }

  @Test
  default void invitesAreListedNewestFirstAndKeptOnce() {
    directory().createInvite(token(1), new Invite.Limits(5, 100, 1), "old");
    directory().createInvite(token(2), new Invite.Limits(6, 100, 3), "new");
    directory().createInvite(token(2), new Invite.Limits(9, 900, 9), "again");
    List<Invite> invites = directory().invites();
    assertEquals(List.of("new", "old"), invites.stream().map(Invite::note).toList());
    assertEquals(new Invite.Limits(6, 100, 3), invites.get(0).limits());
  }

  @Test
  default void usersAreListedByNameInPages() {
    for (var one : List.of(CEM1, ANN1, BEN1)) {
      Samples.register(store(), one);
    }
    assertEquals(List.of(ANN, BEN), names(directory().list(null, 2)));
    assertEquals(List.of(CEM), names(directory().list(BEN, 2)));
    assertEquals(3, directory().count());
  }

  private static List<dev.waxwing.message.UserId> names(List<UserEntry> entries) {
    return entries.stream().map(UserEntry::user).toList();
  }

  @Test
  default void recordIsReplacedOnlyUnderTheSameAccountKey() {
    Samples.register(store(), BEN1);
    List<DeviceId> both = List.of(BEN1.device(), BEN2.device());
    assertFalse(directory().putRecord(BEN, bytes(32, 5), bytes(9, 9), both, 1));
    assertFalse(directory().putRecord(ANN, bytes(32, 5), bytes(9, 9), both, 1));
    Samples.devices(store(), BEN1, BEN2);
    directory().seen(BEN, 77);
    UserEntry found = directory().find(BEN).orElseThrow();
    assertEquals(both, found.devices());
    assertEquals(77, found.times().seen());
    assertEquals(Outcome.REPEATED, directory().register(wish(BEN1, null), 8));
  }

  @Test
  default void removedUserTakesEverythingAlong() {
    for (var one : List.of(ANN1, BEN1)) {
      Samples.register(store(), one);
    }
    publish(5, 5);
    store().mailbox().append(Samples.mail(ANN1, 1, 10, BEN1), 5);
    directory().setBlocked(BEN, ANN, true);
    directory().setVisible(ANN, BEN, true);
    directory().add(BEN, Counter.MESSAGES_SENT, 3);
    assertTrue(directory().remove(BEN, RemovedReason.USER_REMOVED, 9));
    assertFalse(directory().remove(BEN, RemovedReason.USER_REMOVED, 9));
    assertTrue(directory().find(BEN).isEmpty());
    assertTrue(directory().visibleTo(ANN).isEmpty());
    assertEquals(0, store().mailbox().usage(BEN).rows());
    assertEquals(RemovedReason.USER_REMOVED, store().mailbox().removed(ANN1, 0, 9).get(0).reason());
    Samples.register(store(), BEN1);
    assertEquals(new Prekeys.Counts(0, 0), directory().prekeysLeft(BEN1));
    assertTrue(directory().counters(BEN).isEmpty());
    assertFalse(directory().isBlocked(BEN, ANN));
  }

  private Prekeys.Counts publish(int oneTime, int kem) {
    return directory().publishPrekeys(BEN1, batch(0, oneTime, kem), false);
  }

  private static Prekeys.Batch batch(long from, int oneTime, int kem) {
    return new Prekeys.Batch(
        bytes(100, 1), bytes(1200, 2), keys(from, oneTime, 40), keys(from, kem, 1250));
  }

  private static List<Prekeys.OneTime> keys(long from, int count, int length) {
    return LongStream.range(from, from + count)
        .mapToObj(id -> new Prekeys.OneTime(id, bytes(length, id)))
        .toList();
  }

  @Test
  default void oneTimeKeysAreHandedOutOnceAndThenNone() {
    Samples.register(store(), BEN1);
    assertTrue(directory().takeBundles(ANN).isEmpty());
    assertTrue(directory().takeBundles(BEN).orElseThrow().bundles().isEmpty());
    assertEquals(new Prekeys.Counts(3, 1), publish(3, 1));
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      Prekeys.Taken taken = directory().takeBundles(BEN).orElseThrow();
      Prekeys.Bundle bundle = taken.bundles().get(0);
      assertEquals(bytes(100, 1), bundle.signed());
      assertEquals(bytes(1200, 2), bundle.lastResort());
      assertTrue(ids.add(bundle.oneTime().id()));
      assertEquals(2 - i, taken.left().get(0).oneTime());
    }
    Prekeys.Bundle last = directory().takeBundles(BEN).orElseThrow().bundles().get(0);
    assertNull(last.oneTime());
    assertNull(last.oneTimeKem());
  }

  @Test
  default void handedOutKeyIsNotTakenInAgain() {
    Samples.register(store(), BEN1);
    publish(2, 2);
    directory().takeBundles(BEN);
    assertEquals(new Prekeys.Counts(1, 1), publish(2, 2), "a repeated publish");
  }

  @Test
  default void replacingDropsTheOldKeysAndRefillingKeepsThem() {
    Samples.register(store(), BEN1);
    publish(5, 5);
    assertEquals(new Prekeys.Counts(7, 5), directory().publishPrekeys(BEN1, batch(5, 2, 0), false));
    assertEquals(new Prekeys.Counts(1, 1), directory().publishPrekeys(BEN1, batch(50, 1, 1), true));
    Prekeys.Batch refill = new Prekeys.Batch(null, null, keys(90, 1, 40), List.of());
    directory().publishPrekeys(BEN1, refill, false);
    Prekeys.Bundle bundle = directory().takeBundles(BEN).orElseThrow().bundles().get(0);
    assertEquals(bytes(100, 1), bundle.signed());
    assertEquals(50, bundle.oneTime().id());
  }

  @Test
  default void keysBeyondTheCapAreNotKept() {
    Samples.register(store(), BEN1);
    assertEquals(
        new Prekeys.Counts(Prekeys.MAX_ONE_TIME, Prekeys.MAX_ONE_TIME_KEM),
        publish(Prekeys.MAX_ONE_TIME + 3, Prekeys.MAX_ONE_TIME_KEM + 3));
  }

  @Test
  default void unknownDeviceCannotPublish() {
    Samples.register(store(), BEN1);
    Fault fault =
        assertThrows(Fault.class, () -> directory().publishPrekeys(BEN2, batch(0, 1, 1), false));
    assertEquals(FaultCode.USER_UNKNOWN, fault.code());
  }

  @Test
  default void everyDeviceGivesABundleOfItsOwn() {
    Samples.register(store(), BEN1);
    Samples.devices(store(), BEN1, BEN2);
    publish(1, 1);
    directory().publishPrekeys(BEN2, batch(100, 1, 1), false);
    Prekeys.Taken taken = directory().takeBundles(BEN).orElseThrow();
    assertEquals(
        List.of(BEN1.device(), BEN2.device()),
        taken.bundles().stream().map(Prekeys.Bundle::device).toList());
    assertEquals(List.of(new Prekeys.Counts(0, 0), new Prekeys.Counts(0, 0)), taken.left());
  }

  @Test
  default void blockingIsOneWayAndIdempotent() {
    Samples.register(store(), ANN1);
    Samples.register(store(), BEN1);
    directory().setBlocked(BEN, ANN, true);
    directory().setBlocked(BEN, ANN, true);
    assertTrue(directory().isBlocked(BEN, ANN));
    assertFalse(directory().isBlocked(ANN, BEN));
    assertEquals(List.of(ANN), directory().blockedBy(BEN));
    directory().setBlocked(BEN, ANN, false);
    assertTrue(directory().blockedBy(BEN).isEmpty());
    Fault fault = assertThrows(Fault.class, () -> directory().setBlocked(BEN, CEM, true));
    assertEquals(FaultCode.USER_UNKNOWN, fault.code());
  }

  @Test
  default void mutualNeedsVisibilityBothWays() {
    for (var one : List.of(CEM1, ANN1, BEN1)) {
      Samples.register(store(), one);
    }
    directory().setVisible(ANN, BEN, true);
    directory().setVisible(ANN, CEM, true);
    directory().setVisible(BEN, ANN, true);
    assertEquals(List.of(BEN, CEM), directory().visibleTo(ANN));
    assertEquals(List.of(BEN), directory().mutual(ANN));
    assertEquals(List.of(ANN), directory().mutual(BEN));
    assertEquals(List.of(), directory().mutual(CEM));
    directory().setVisible(ANN, BEN, false);
    assertEquals(List.of(), directory().mutual(BEN));
  }

  @Test
  default void countersAddUp() {
    Samples.register(store(), ANN1);
    directory().add(ANN, Counter.MESSAGES_SENT, 2);
    directory().add(ANN, Counter.MESSAGES_SENT, 3);
    directory().add(CEM, Counter.MESSAGES_SENT, 3);
    assertEquals(Map.of(Counter.MESSAGES_SENT, 5L), directory().counters(ANN));
    assertEquals(Map.of(), directory().counters(CEM));
  }
}
