package dev.waxwing.peer.session;

import dev.waxwing.identity.Prekeys;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything a peer remembers. All changes of one event happen in one {@link #transact}, which is
 * on disk when it returns: ratchet state and inbox move together or not at all. Bodies, names, keys
 * and tokens are sealed at rest. One thread at a time.
 */
public interface PeerStore extends AutoCloseable {
  /**
   * Runs {@code work} in one transaction, forced to disk before this returns.
   *
   * @throws dev.waxwing.wire.Fault PROFILE_CORRUPT or DISK_FULL, and nothing is changed, nor when
   *     {@code work} throws; STORE_STOPPED after a failed disk, for good: whether the change is
   *     there shows at the next start
   * @throws IllegalStateException inside another transaction
   */
  <R> R transact(Function<Tx, R> work);

  @Override
  void close();

  /** Reads and writes inside one transaction. Not to be used after it. */
  interface Tx {
    /** A small value by name: identity, relay, epoch, settings. Sealed. */
    Optional<byte[]> value(String name);

    /** Writes a small value. */
    void putValue(String name, byte[] value);

    /** Removes a small value. */
    void removeValue(String name);

    /** The secret half of a prekey. */
    Optional<PrekeyRow> prekey(Prekeys.Kind kind, long id);

    /** Every prekey of a kind, oldest first. */
    List<PrekeyRow> prekeys(Prekeys.Kind kind);

    /** Writes a prekey. */
    void putPrekey(PrekeyRow row);

    /** Removes a prekey; absent is fine. */
    void removePrekey(Prekeys.Kind kind, long id);

    /** The ratchet sessions with one device, encoded. */
    Optional<byte[]> conversation(Address peer);

    /** Writes the ratchet sessions with one device. */
    void putConversation(Address peer, byte[] encoded);

    /** Every device there are sessions with. */
    List<Address> conversations();

    /** Whether this message of this sending device was stored before, however long ago. */
    boolean seen(Address sender, MessageId id);

    /** Remembers a message as stored, for good. */
    void putSeen(Address sender, MessageId id);

    /**
     * Whether a first message without one-time key was seen: its hash, under a signed prekey's id.
     */
    boolean replayed(long signedPrekeyId, Bytes hash);

    /** Remembers such a hash until the signed prekey dies. */
    void putReplayed(long signedPrekeyId, Bytes hash);

    /** Forgets the hashes of signed prekeys below an id. */
    void removeReplayedBelow(long signedPrekeyId);

    /** One person. */
    Optional<ContactRow> contact(UserId user);

    /** Every person known, by user ID. */
    List<ContactRow> contacts();

    /** Writes a person. */
    void putContact(ContactRow row);

    /** Forgets a person: pin, alias, marks. */
    void removeContact(UserId user);

    /** One message of the history. */
    Optional<MessageRow> message(MessageId id);

    /** Writes a message of the history. */
    void putMessage(MessageRow row);

    /**
     * The history, newest last.
     *
     * @param query which
     */
    List<MessageRow> messages(MessageQuery query);

    /** How many received messages are unread. */
    int unread();

    /** One message on its way out. */
    Optional<OutboxRow> outbox(MessageId id);

    /** Messages in a state, in the order they were written. */
    List<OutboxRow> outbox(OutboxRow.State state);

    /** The oldest messages in a state to one person, at most {@code limit}. */
    List<OutboxRow> outbox(OutboxRow.State state, UserId to, int limit);

    /** Everybody who has a message in a state, in no particular order. */
    List<UserId> outboxPeople(OutboxRow.State state);

    /** How many messages are in a state. */
    int outboxSize(OutboxRow.State state);

    /** Removes messages in a state that were written before a time, milliseconds since 1970. */
    void removeOutboxBefore(OutboxRow.State state, long created);

    /** Writes a message on its way out; keeps its place when it was there. */
    void putOutbox(OutboxRow row);

    /** Removes a message from the outbox. */
    void removeOutbox(MessageId id);

    /** One transfer. */
    Optional<TransferRow> transfer(BlobId blob);

    /** Every transfer, in the order they were first written. */
    List<TransferRow> transfers();

    /** Writes a transfer. */
    void putTransfer(TransferRow row);

    /** Removes a transfer's row. */
    void removeTransfer(BlobId blob);

    /** Keeps mail that could not be read, at most 1,000 of them, the oldest going first. */
    void putQuarantine(Address sender, MessageId id, byte[] sealed, long at);

    /** How many such mails are kept. */
    int quarantined();
  }

  /**
   * The secret half of a prekey.
   *
   * @param secret 32 or 64 bytes
   */
  record PrekeyRow(Prekeys.Kind kind, long id, long created, byte[] secret) {
    /** Prints no secret. */
    @Override
    public String toString() {
      return "PrekeyRow[" + kind + " " + id + "]";
    }
  }

  /**
   * One person.
   *
   * @param user the user ID
   * @param alias this profile's own name for them
   * @param displayName what they call themselves; never identifies
   * @param record the pinned signed user record, encoded
   * @param pending a record the pinned key did not sign, held until a person decides
   * @param trust how far the key is known
   * @param marks what the person decided about them
   * @param since when first seen, milliseconds since 1970
   */
  record ContactRow(
      UserId user,
      @Nullable String alias,
      @Nullable String displayName,
      Bytes record,
      @Nullable Bytes pending,
      Trust trust,
      Marks marks,
      long since) {}

  /**
   * What the owner of the profile decided about a person.
   *
   * @param contact added, written to, or accepted from: gets receipts
   * @param blocked nothing from them is taken
   * @param verifiedAt when the safety number was compared; 0 when not
   */
  record Marks(boolean contact, boolean blocked, long verifiedAt) {
    /** Someone only just seen. */
    public static final Marks NONE = new Marks(false, false, 0);

    /** The same, as a contact. */
    public Marks asContact() {
      return new Marks(true, blocked, verifiedAt);
    }

    /** The same, blocked or not. */
    public Marks withBlocked(boolean value) {
      return new Marks(contact, value, verifiedAt);
    }

    /** The same, verified then, or never for 0. */
    public Marks verified(long at) {
      return new Marks(contact, blocked, at);
    }
  }

  /**
   * One line of history.
   *
   * @param id the message
   * @param with the other person (oneself for notes)
   * @param state what became of it; says its direction too
   * @param kind what it is
   * @param sentAt by the sender's clock, milliseconds since 1970
   * @param storedAt by this device's clock
   * @param text the text, or the file's name
   * @param blob the transfer it offers, for files
   * @param clockOdd whether the sender's clock is more than an hour off
   */
  record MessageRow(
      MessageId id,
      UserId with,
      State state,
      Kind kind,
      long sentAt,
      long storedAt,
      String text,
      @Nullable BlobId blob,
      boolean clockOdd) {

    /** What a line is. */
    public enum Kind {
      TEXT,
      FILE,
      NOTICE
    }

    /** What became of a line. */
    public enum State {
      /** Ours, waiting for the relay. */
      QUEUED(true),
      /** Ours, on the relay's disk. */
      ACCEPTED(true),
      /** Ours, stored by the other's device. */
      DELIVERED(true),
      /** Ours, given up. */
      FAILED(true),
      /** Ours, held because the other's key changed. */
      HELD(true),
      /** To oneself. */
      NOTE(true),
      /** Theirs, unread. */
      UNREAD(false),
      /** Theirs, read. */
      READ(false);

      private final boolean outgoing;

      State(boolean outgoing) {
        this.outgoing = outgoing;
      }

      /** Whether this profile wrote it. */
      public boolean outgoing() {
        return outgoing;
      }
    }

    /** The same line in another state. */
    public MessageRow in(State next) {
      return new MessageRow(id, with, next, kind, sentAt, storedAt, text, blob, clockOdd);
    }
  }

  /**
   * Which lines of history.
   *
   * @param with only with this person
   * @param state only in this state
   * @param since stored at or after, milliseconds since 1970
   * @param search only lines whose text contains this, ignoring case
   * @param limit at most, the newest
   */
  record MessageQuery(
      @Nullable UserId with,
      MessageRow.@Nullable State state,
      long since,
      @Nullable String search,
      int limit) {

    /** Whether a line is one of those asked for, the limit aside. */
    public boolean matches(MessageRow row) {
      return (with == null || with.equals(row.with()))
          && (state == null || state == row.state())
          && row.storedAt() >= since
          && (search == null || folded(row.text()).contains(folded(search)));
    }

    private static String folded(String text) {
      return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A message on its way out. Plaintext is kept until its receipt or 30 days; the sealed form until
   * accepted, so that a retry is the identical ciphertext.
   *
   * @param id the message
   * @param to the recipient
   * @param state how far it is
   * @param created milliseconds since 1970, by the date things grow old by
   * @param plaintext the encoded content
   * @param sealed per device, empty until sealed
   * @param attempts times it was sealed
   */
  record OutboxRow(
      MessageId id,
      UserId to,
      State state,
      long created,
      byte[] plaintext,
      List<Sealed> sealed,
      int attempts) {

    /** How far a message is. */
    public enum State {
      /** Not sealed yet: no session, or the other's key is another. */
      QUEUED,
      /** Sealed, state saved; being handed to the relay. */
      SEALED,
      /** On the relay's disk; kept for a resend until the receipt. */
      ACCEPTED,
      /** Written for a key that signed another since: not sealed until a person goes on. */
      HELD
    }

    /**
     * One device's share.
     *
     * @param device the device
     * @param envelope the sealed message
     */
    public record Sealed(DeviceId device, byte[] envelope) {}
  }

  /**
   * One transfer.
   *
   * @param blob the blob
   * @param details everything about it, encoded; sealed at rest
   * @param updated milliseconds since 1970
   */
  record TransferRow(BlobId blob, byte[] details, long updated) {}
}
