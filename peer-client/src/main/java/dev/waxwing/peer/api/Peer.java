package dev.waxwing.peer.api;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import java.util.List;
import java.util.function.Consumer;

/**
 * A person's end of Waxwing: talk, send, receive, trust. Every method blocks until its result is
 * known and, where it changes something, until that is on this device's disk; what needs the relay
 * waits for it at most the time named. Failures are {@link dev.waxwing.wire.Fault}s. Thread-safe.
 */
public interface Peer extends AutoCloseable {
  /** Who this profile is. */
  Self self();

  /** How the link to the relay stands. */
  Link link();

  /**
   * Waits until the relay is reached and logged in to.
   *
   * @param timeoutMillis at most
   * @throws dev.waxwing.wire.Fault why it was not
   */
  void awaitOnline(long timeoutMillis);

  /**
   * Waits until the mail that waited at the relay is stored here.
   *
   * @param timeoutMillis at most
   */
  void settle(long timeoutMillis);

  /** The people on this relay this user may see, online first, then by name. Needs the relay. */
  List<Person> who();

  /** Everybody this profile knows, by name. */
  List<Contact> contacts();

  /**
   * One person this profile knows, by alias or user ID.
   *
   * @throws dev.waxwing.wire.Fault CONTACT_UNKNOWN
   */
  Contact contact(String name);

  /** The user an alias or user ID means. */
  UserId resolve(String name);

  /** Adds a person, pinning the key the relay shows. Needs the relay. */
  Contact addContact(UserId user);

  /** Gives a person an alias of this profile's own; empty takes it away. */
  Contact renameContact(UserId user, String alias);

  /** Forgets a person: pin, alias, sessions stay readable in history. */
  void removeContact(UserId user);

  /** Blocks or unblocks, here and at the relay. */
  Contact blockContact(UserId user, boolean blocked);

  /** The safety number with a person. Needs the relay the first time. */
  SafetyView safetyNumber(UserId user);

  /**
   * Marks a person's key as compared, and takes it as theirs where it was held.
   *
   * @param digits the safety number that was compared
   * @throws dev.waxwing.wire.Fault KEY_CHANGED when that is not their number any more
   */
  Contact markVerified(UserId user, String digits);

  /** Takes the mark of a compared key away. */
  Contact unmarkVerified(UserId user);

  /** Takes a person's changed key as theirs and sends what was held. */
  Contact acceptNewKey(UserId user);

  /**
   * Sends a text. Returns when stored here.
   *
   * @throws dev.waxwing.wire.Fault MESSAGE_EMPTY, MESSAGE_TOO_LARGE (see {@link #sendTextAsFile}),
   *     KEY_CHANGED
   */
  Message sendText(UserId to, String text);

  /**
   * Waits until a message is at the relay, or with the other person.
   *
   * @param until ACCEPTED or DELIVERED
   * @param timeoutMillis at most
   * @return the message as it is then: look at its state
   * @throws dev.waxwing.wire.Fault what refused it
   */
  Message awaitMessage(MessageId id, MessageState until, long timeoutMillis);

  /** Received messages that are unread, oldest first. */
  List<Message> unread();

  /** Marks messages as read. */
  void markRead(List<MessageId> ids);

  /** The history, oldest first. */
  List<Message> history(HistoryQuery query);

  /** Sends a failed message again. */
  Message retryMessage(MessageId id);

  /** Offers files or folders to people: one upload, whoever is away gets it later. */
  Transfer send(SendRequest request);

  /** Sends a text of any length as a file called {@code message.txt}. */
  Transfer sendTextAsFile(UserId to, String text);

  /** Opens a file to be written piece by piece (standard input). Cannot resume after a restart. */
  Transfer openStream(StreamRequest request);

  /**
   * Appends to an open stream; blocks while the relay is behind.
   *
   * @param data at most 256 KiB
   */
  void writeStream(BlobId transfer, byte[] data);

  /** Ends an open stream. */
  void closeStream(BlobId transfer);

  /**
   * Whether other processes write to streams through this one: {@link #close} ends what of them is
   * not at the relay. False once nothing of them has moved for three minutes.
   */
  boolean neededByOthers();

  /** Files offered to this profile and not yet taken or declined, oldest first. */
  List<Transfer> offers();

  /** Takes an offered file. Returns when the transfer is stored and under way. */
  Transfer receive(ReceiveRequest request);

  /** Every transfer, oldest first. */
  List<Transfer> transfers();

  /** One transfer. */
  Transfer transfer(BlobId id);

  /** What of a folder sent from here is not sent with it: links, and what cannot be read. */
  default List<LeftOut> leftOut(BlobId id) {
    return List.of();
  }

  /** The transfer an ID or an unambiguous beginning of one means. */
  BlobId resolveTransfer(String idOrPrefix);

  /**
   * Waits until a transfer reaches a state, or ends.
   *
   * @param until the state waited for
   * @param timeoutMillis at most
   */
  Transfer awaitTransfer(BlobId id, TransferState until, long timeoutMillis);

  /** Stops a transfer for now. */
  Transfer pause(BlobId id);

  /** Goes on with a paused transfer. */
  Transfer resume(BlobId id);

  /** Ends a transfer for good: the sender withdraws it, the receiver declines it. */
  Transfer cancel(BlobId id);

  /** Sends or takes a failed transfer again. */
  Transfer retry(BlobId id);

  /** The age identity of a transfer sent from here, as {@code AGE-SECRET-KEY-1…}. */
  String revealKey(BlobId id);

  /**
   * Follows what happens. The consumer is called on one thread, in order; one that falls 10,000
   * events behind gets {@link PeerEvent.Missed} after them, and nothing more.
   */
  Subscription subscribe(Consumer<PeerEvent> consumer);

  /** Ends the client: what is under way stays resumable. */
  @Override
  void close();

  /** A consumer's place in the stream of events. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
