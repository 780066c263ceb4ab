package dev.waxwing.relay.store;

import static dev.waxwing.relay.store.Samples.ANN1;
import static dev.waxwing.relay.store.Samples.BEN;
import static dev.waxwing.relay.store.Samples.BEN1;
import static dev.waxwing.relay.store.Samples.BEN2;
import static dev.waxwing.relay.store.Samples.CEM1;
import static dev.waxwing.relay.store.Samples.EPOCH;
import static dev.waxwing.relay.store.Samples.mail;
import static dev.waxwing.relay.store.Samples.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage.Mail;
import dev.waxwing.relay.store.Mailbox.Outcome;
import dev.waxwing.relay.store.Mailbox.Row;
import dev.waxwing.relay.store.Mailbox.Usage;
import dev.waxwing.wire.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every mailbox must do. */
interface MailboxContract {
  /** The store under test, in a transaction. */
  StoreEngine store();

  private Mailbox mailbox() {
    return store().mailbox();
  }

  private void people() {
    for (Address one : List.of(ANN1, BEN1, CEM1)) {
      Samples.register(store(), one);
    }
  }

  private Outcome append(Mailbox.Message message) {
    return mailbox().append(message, 5000).outcome();
  }

  private List<Row> all(Address device) {
    return mailbox().fetch(device, 0, 1000, Long.MAX_VALUE);
  }

  @Test
  default void acceptedMessageIsFetchedAsItWasSent() {
    people();
    Mailbox.Appended appended = mailbox().append(mail(ANN1, 1, 300, BEN1), 5000);
    assertEquals(Outcome.ACCEPTED, appended.outcome());
    long seq = appended.rows().get(0).seq();
    assertEquals(List.of(new Row(seq, message(1), ANN1, 5000, Samples.bytes(300, 1))), all(BEN1));
    assertEquals(List.of(), all(ANN1));
  }

  @Test
  default void whatWaitsForADeviceIsCounted() {
    people();
    append(mail(ANN1, 1, 10, BEN1));
    append(mail(ANN1, 2, 10, BEN1));
    assertEquals(2, mailbox().waiting(BEN1));
    assertEquals(0, mailbox().waiting(ANN1));
    mailbox().ack(BEN1, EPOCH, List.of(new Mail(all(BEN1).get(0).seq(), message(1))));
    assertEquals(1, mailbox().waiting(BEN1));
  }

  @Test
  default void everyDeviceGetsItsCopyOrNone() {
    people();
    Samples.devices(store(), BEN1, BEN2);
    assertEquals(Outcome.DEVICES_STALE, append(mail(ANN1, 1, 10, BEN1)));
    assertEquals(List.of(), all(BEN1));
    assertEquals(2, mailbox().append(mail(ANN1, 1, 10, BEN2, BEN1), 5).rows().size());
    assertEquals(1, all(BEN1).size());
    assertEquals(1, all(BEN2).size());
    Address foreign = new Address(BEN, Samples.device(99));
    assertEquals(Outcome.DEVICES_STALE, append(mail(ANN1, 2, 10, BEN1, foreign)));
    assertEquals(Outcome.DEVICES_STALE, append(mail(ANN1, 2, 10, BEN1, BEN2, foreign)));
    assertEquals(Outcome.DEVICES_STALE, append(mail(ANN1, 2, 10, BEN1, BEN1)));
  }

  @Test
  default void unknownRecipientIsSaid() {
    assertEquals(Outcome.USER_UNKNOWN, append(mail(ANN1, 1, 10, BEN1)));
  }

  @Test
  default void sameIdFromSameDeviceIsADuplicateFromAnotherNot() {
    people();
    assertEquals(Outcome.ACCEPTED, append(mail(ANN1, 1, 10, BEN1)));
    Mailbox.Appended again = mailbox().append(mail(ANN1, 1, 10, BEN1), 6000);
    assertEquals(Outcome.DUPLICATE, again.outcome());
    assertEquals(List.of(), again.rows());
    assertEquals(Outcome.ACCEPTED, append(mail(CEM1, 1, 10, BEN1)));
    assertEquals(2, all(BEN1).size());
    assertEquals(new Usage(2, 2 * (10 + Mailbox.ROW_OVERHEAD)), mailbox().usage(BEN));
  }

  @Test
  default void retryFillsOnlyTheMailboxesThatMissIt() {
    people();
    Samples.devices(store(), BEN1, BEN2);
    append(mail(ANN1, 1, 10, BEN1, BEN2));
    Row row = all(BEN1).get(0);
    mailbox().ack(BEN1, EPOCH, List.of(new Mail(row.seq(), row.id())));
    Mailbox.Appended again = mailbox().append(mail(ANN1, 1, 10, BEN1, BEN2), 6000);
    assertEquals(List.of(BEN1.device()), again.rows().stream().map(r -> r.device()).toList());
  }

  @Test
  default void blockedSenderIsDeclinedButNotForWhatWasAccepted() {
    people();
    append(mail(ANN1, 1, 10, BEN1));
    store().directory().setBlocked(BEN, Samples.ANN, true);
    assertEquals(Outcome.DECLINED, append(mail(ANN1, 2, 10, BEN1)));
    assertEquals(Outcome.DUPLICATE, append(mail(ANN1, 1, 10, BEN1)));
    assertEquals(Outcome.ACCEPTED, append(mail(CEM1, 2, 10, BEN1)));
  }

  @Test
  default void oneSenderGetsAQuarterAndAllTogetherTheWhole() {
    people();
    int length = (int) (Samples.MAIL_QUOTA / 4 / 5) - Mailbox.ROW_OVERHEAD;
    for (int i = 0; i < 5; i++) {
      assertEquals(Outcome.ACCEPTED, append(mail(ANN1, i, length, BEN1)));
    }
    assertEquals(Outcome.MAILBOX_SHARE_FULL, append(mail(ANN1, 9, 1, BEN1)));
    assertEquals(Outcome.DUPLICATE, append(mail(ANN1, 0, length, BEN1)));
    for (int sender = 0; sender < 3; sender++) {
      Address other =
          new Address(
              new dev.waxwing.message.UserId("sender" + sender), Samples.device(50 + sender));
      for (int i = 0; i < 5; i++) {
        assertEquals(Outcome.ACCEPTED, append(mail(other, i, length, BEN1)));
      }
    }
    assertEquals(Outcome.MAILBOX_FULL, append(mail(CEM1, 9, 1, BEN1)));
    Row first = all(BEN1).get(0);
    mailbox().ack(BEN1, EPOCH, List.of(new Mail(first.seq(), first.id())));
    assertEquals(Outcome.ACCEPTED, append(mail(CEM1, 9, 1, BEN1)));
  }

  @Test
  default void fetchGoesOnAfterASequenceNumberWithinItsLimits() {
    people();
    for (int i = 0; i < 40; i++) {
      append(mail(ANN1, i, 100, BEN1));
    }
    List<Row> rows = all(BEN1);
    assertEquals(40, rows.size());
    for (int i = 1; i < 40; i++) {
      assertTrue(rows.get(i - 1).seq() < rows.get(i).seq());
    }
    assertEquals(rows.subList(0, 3), mailbox().fetch(BEN1, 0, 3, Long.MAX_VALUE));
    assertEquals(rows.subList(0, 2), mailbox().fetch(BEN1, 0, 50, 250));
    assertEquals(rows.subList(0, 1), mailbox().fetch(BEN1, 0, 50, 1));
    assertEquals(
        rows.subList(20, 40), mailbox().fetch(BEN1, rows.get(19).seq(), 50, Long.MAX_VALUE));
  }

  @Test
  default void ackRemovesOnlyWhatItNamesExactly() {
    people();
    append(mail(ANN1, 1, 10, BEN1));
    Row row = all(BEN1).get(0);
    Mail exact = new Mail(row.seq(), row.id());
    EpochId other = new EpochId(Bytes.of(new byte[15]).concat(Bytes.of(new byte[] {1})));
    assertEquals(0, mailbox().ack(BEN1, other, List.of(exact)));
    assertEquals(0, mailbox().ack(CEM1, EPOCH, List.of(exact)));
    assertEquals(0, mailbox().ack(BEN1, EPOCH, List.of(new Mail(row.seq(), message(2)))));
    assertEquals(0, mailbox().ack(BEN1, EPOCH, List.of(new Mail(row.seq() + 1, row.id()))));
    assertEquals(1, all(BEN1).size());
    assertEquals(1, mailbox().ack(BEN1, EPOCH, List.of(exact, exact)));
    assertEquals(List.of(), all(BEN1));
    assertEquals(new Usage(0, 0), mailbox().usage(BEN));
    assertEquals(List.of(), mailbox().removed(ANN1, 0, 10), "an ack is no loss");
  }

  @Test
  default void sequenceNumbersAreNeverUsedAgain() {
    people();
    long first = mailbox().append(mail(ANN1, 1, 10, BEN1), 5).rows().get(0).seq();
    mailbox().ack(BEN1, EPOCH, List.of(new Mail(first, message(1))));
    long second = mailbox().append(mail(ANN1, 2, 10, BEN1), 5).rows().get(0).seq();
    assertTrue(second > first);
  }

  @Test
  default void howLongTheRelayRanIsNotedNowAndThen() {
    assertEquals(0, mailbox().ran());
    mailbox().expire(60_000, 10, 5);
    assertEquals(60_000, mailbox().ran());
    mailbox().expire(60_000 + Mailbox.MARK_MILLIS - 1, 10, 5);
    assertEquals(60_000, mailbox().ran());
    mailbox().expire(60_000 + Mailbox.MARK_MILLIS, 10, 5);
    assertEquals(60_000 + Mailbox.MARK_MILLIS, mailbox().ran());
  }

  @Test
  default void whatARelayThatEndsHasRunIsNotedAndNeverLess() {
    mailbox().note(5000);
    assertEquals(5000, mailbox().ran());
    mailbox().note(4000);
    mailbox().note(5000);
    assertEquals(5000, mailbox().ran());
  }

  @Test
  default void whateverTheClockSaidMailExpiresByTheTimeTheRelayRan() {
    people();
    mailbox().append(mail(ANN1, 1, 10, BEN1), 0);
    mailbox().expire(1000, 10, 5);
    mailbox().append(mail(ANN1, 2, 10, BEN1), 0);
    mailbox().append(mail(ANN1, 3, 10, BEN1), Long.MAX_VALUE / 2);
    mailbox().expire(1000 + Mailbox.MARK_MILLIS, 10, 5);
    mailbox().append(mail(ANN1, 4, 10, BEN1), 0);
    assertEquals(0, mailbox().expire(999 + Mailbox.KEPT_MILLIS, 10, Long.MAX_VALUE));
    assertEquals(1, mailbox().expire(1000 + Mailbox.KEPT_MILLIS, 10, 5));
    assertEquals(
        List.of(message(2), message(3), message(4)),
        all(BEN1).stream().map(Mailbox.Row::id).toList());
    assertEquals(2, mailbox().expire(1000 + Mailbox.MARK_MILLIS + Mailbox.KEPT_MILLIS, 10, 5));
    assertEquals(List.of(message(4)), all(BEN1).stream().map(Mailbox.Row::id).toList());
  }

  @Test
  default void aRelayThatWasOffMakesNothingOlder() {
    people();
    mailbox().append(mail(ANN1, 1, 10, BEN1), 1000);
    mailbox().expire(Mailbox.MARK_MILLIS, 10, 1000);
    long ran = mailbox().ran();
    assertEquals(0, mailbox().expire(ran + 60_000, 10, 1000 + 2 * Mailbox.KEPT_MILLIS));
    assertEquals(1, all(BEN1).size());
  }

  @Test
  default void expiryRemovesTheOldAndRecordsIt() {
    people();
    for (int i = 0; i < 50; i++) {
      if (i == 45) {
        mailbox().expire(1, 1000, 9000);
      }
      mailbox().append(mail(ANN1, i, 10, BEN1), 1000 + i);
    }
    long ran = 1 + Mailbox.KEPT_MILLIS;
    assertEquals(7, mailbox().expire(ran, 7, 9000));
    assertEquals(38, mailbox().expire(ran + 1, 1000, 9001));
    assertEquals(0, mailbox().expire(ran + 2, 1000, 9002));
    assertEquals(5, all(BEN1).size());
    assertEquals(5, mailbox().total().rows());
    List<Mailbox.Removed> removed = mailbox().removed(ANN1, 0, 1000);
    assertEquals(45, removed.size());
    Mailbox.Removed seventh = removed.get(7);
    assertEquals(message(7), seventh.mail().id());
    assertEquals(BEN1, seventh.recipient());
    assertEquals(RemovedReason.EXPIRED, seventh.reason());
    assertEquals(9001, seventh.at());
    assertEquals(removed.subList(8, 10), mailbox().removed(ANN1, seventh.number(), 2));
    assertEquals(List.of(), mailbox().removed(CEM1, 0, 10));
  }

  @Test
  default void removedDeviceLosesItsMailOnRecord() {
    people();
    Samples.devices(store(), BEN1, BEN2);
    append(mail(ANN1, 1, 10, BEN1, BEN2));
    Samples.devices(store(), BEN1);
    assertEquals(1, all(BEN1).size());
    assertEquals(List.of(), all(BEN2));
    assertEquals(1, mailbox().usage(BEN).rows());
    Mailbox.Removed removed = mailbox().removed(ANN1, 0, 10).get(0);
    assertEquals(BEN2, removed.recipient());
    assertEquals(RemovedReason.DEVICE_REMOVED, removed.reason());
  }

  @Test
  default void undoneAppendLeavesNothing() {
    people();
    store().commit();
    store().begin();
    append(mail(ANN1, 1, 10, BEN1));
    store().rollback();
    store().begin();
    assertEquals(List.of(), all(BEN1));
    assertEquals(new Usage(0, 0), mailbox().usage(BEN));
    store().mark();
    append(mail(ANN1, 1, 10, BEN1));
    store().releaseMark();
    store().mark();
    append(mail(ANN1, 2, 10, BEN1));
    store().rollbackToMark();
    assertEquals(List.of(message(1)), all(BEN1).stream().map(Row::id).toList());
  }
}
