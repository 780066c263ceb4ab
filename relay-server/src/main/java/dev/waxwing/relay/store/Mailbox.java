package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import java.util.List;

/**
 * Mail that waits for devices: one row for each device, numbered, checksummed, removed only by an
 * ack that names it or with a recorded reason. Called on the store thread only, inside its
 * transaction; times are milliseconds since 1970, sizes bytes.
 */
public interface Mailbox {
  /** What a row costs of the recipient's quota beyond its body. */
  int ROW_OVERHEAD = 256;

  /** One sender may fill at most this part of a recipient's quota: a quarter. */
  int SHARE_DIVISOR = 4;

  /** Records of removals kept; the oldest go first. */
  int MAX_REMOVED = 100_000;

  /** How long mail waits while the relay runs, in milliseconds: thirty days. */
  long KEPT_MILLIS = 30L * 24 * 3_600_000;

  /**
   * How long the relay runs from one mark, by which the age of mail is known, to the next: ten
   * minutes. A crash forgets what it ran since the last one.
   */
  long MARK_MILLIS = 600_000;

  /** The incarnation of all mailboxes of this store; another one after a restore. */
  EpochId epoch();

  /** Puts one message into the mailbox of every device of the recipient, or of none. */
  Appended append(Message message, long now);

  /**
   * The device's mail after {@code afterSeq}, in order. Damaged rows are skipped and go to
   * quarantine.
   *
   * @param maxRows most rows
   * @param maxBytes most bytes of bodies; the first row comes however long it is
   */
  List<Row> fetch(Address device, long afterSeq, int maxRows, long maxBytes);

  /**
   * Removes the rows that match in number and id, if the epoch is this one.
   *
   * @return how many were removed
   */
  int ack(Address device, EpochId epoch, List<PeerMessage.Mail> mail);

  /** Notes how long the relay has run in all, in milliseconds: when it ends in order. */
  void note(long ran);

  /** How long relays have run on this store in all, in milliseconds, as noted last. */
  long ran();

  /**
   * Removes mail that has waited for {@link #KEPT_MILLIS} of a running relay, and up to {@link
   * #MARK_MILLIS} more, recorded as expired. The time that a relay runs is the only age that mail
   * has: a clock of the day that is wrong, or put right, makes nothing older. To be called every
   * minute or so while the relay runs.
   *
   * @param ran how long the relay has run in all, in milliseconds; noted every {@link #MARK_MILLIS}
   * @param now the date for the record
   * @param limit most rows, so that one call stays short
   * @return how many were removed; call again while it is the limit
   */
  int expire(long ran, int limit, long now);

  /**
   * Removals of what a device has sent, in order, so that its owner can be told.
   *
   * @param after the number of the last one told
   */
  List<Removed> removed(Address sender, long after, int limit);

  /** Rows that wait for a device. */
  long waiting(Address device);

  /** What a user's mail takes. */
  Usage usage(UserId user);

  /** What all mail takes. */
  Usage total();

  /** Rows put into quarantine since the store was made. */
  long quarantined();

  /**
   * One message, sealed for each device.
   *
   * @param sender the device that sends
   * @param id stable across retries
   * @param recipient the user
   * @param copies one for each device of the recipient
   */
  record Message(Address sender, MessageId id, UserId recipient, List<Copy> copies) {
    /** Copies the list. */
    public Message {
      copies = List.copyOf(copies);
    }
  }

  /**
   * A device's copy of a message.
   *
   * @param device the device
   * @param body sealed for it
   */
  record Copy(DeviceId device, Bytes body) {}

  /** What became of an append; rows were written for {@link #ACCEPTED} only. */
  enum Outcome {
    ACCEPTED,
    /** Every copy was there already: counts as accepted. */
    DUPLICATE,
    USER_UNKNOWN,
    /** The copies are not for exactly the recipient's devices. */
    DEVICES_STALE,
    MAILBOX_FULL,
    /** This sender has used up their share of the recipient's mailbox. */
    MAILBOX_SHARE_FULL,
    /** The recipient has blocked the sender. */
    DECLINED;

    /** Whether the message is in the mailboxes; if not, it may be another time. */
    public boolean taken() {
      return this == ACCEPTED || this == DUPLICATE;
    }
  }

  /**
   * The answer to an append.
   *
   * @param outcome what became of it
   * @param rows the new rows; a device whose copy was there already has none
   */
  record Appended(Outcome outcome, List<NewRow> rows) {
    /** Copies the list. */
    public Appended {
      rows = List.copyOf(rows);
    }
  }

  /**
   * A new row.
   *
   * @param device whose mailbox
   * @param seq its number, larger than all before it in the store, never used again
   */
  record NewRow(DeviceId device, long seq) {}

  /**
   * A row of a mailbox.
   *
   * @param seq its number
   * @param id the message
   * @param sender the device that sent it
   * @param acceptedAt when
   * @param body sealed for this device
   */
  record Row(long seq, MessageId id, Address sender, long acceptedAt, Bytes body) {}

  /**
   * A removal without an ack.
   *
   * @param number its place among all removals
   * @param mail what was removed
   * @param recipient whose it was
   * @param reason why
   * @param at when
   */
  record Removed(
      long number, PeerMessage.Mail mail, Address recipient, RemovedReason reason, long at) {}

  /**
   * How full mailboxes are.
   *
   * @param rows number of rows
   * @param bytes what they cost, bodies and overhead
   */
  record Usage(long rows, long bytes) {}
}
