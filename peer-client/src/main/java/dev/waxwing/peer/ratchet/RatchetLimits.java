package dev.waxwing.peer.ratchet;

/** Every number of the ratchet and the prekeys, in one place. Times are milliseconds. */
public final class RatchetLimits {
  private static final long DAY = 24L * 60 * 60 * 1000;

  /** Most message keys one message may skip on one chain; more is refused before deriving any. */
  public static final int MAX_SKIP = 1000;

  /** Most skipped message keys a session keeps; a message that would exceed it is refused. */
  public static final int MAX_KEPT = 2000;

  /** Most skipped message keys an account keeps over all conversations. */
  public static final int MAX_KEPT_ACCOUNT = 50_000;

  /** How long a skipped message key is kept. */
  public static final long KEEP_SKIPPED = 30 * DAY;

  /** Most sessions with one peer device. */
  public static final int MAX_SESSIONS = 8;

  /** How long a session that is no longer the current one is kept for receiving. */
  public static final long KEEP_SESSION = 30 * DAY;

  /** Age at which signed and last-resort prekeys are replaced. */
  public static final long ROTATE_PREKEY = 7 * DAY;

  /** How long the private half of a replaced prekey is kept, from its successor's creation. */
  public static final long KEEP_PREKEY = 30 * DAY;

  /**
   * Most private halves of one-time keys of one kind, as a multiple of what the relay holds: keys
   * that were handed out and never used do not pile up for ever.
   */
  public static final int KEPT_ONE_TIME_FACTOR = 10;

  /** Messages received after which a receipt is due, so that one-sided talk still ratchets. */
  public static final int RECEIPT_EVERY = 50;

  /** Time after which a receipt is due. */
  public static final long RECEIPT_AFTER = DAY;

  /** Padded plaintexts are multiples of this many bytes. */
  public static final int PADDING = 256;

  /** Bytes of salt in front of each message's ciphertext. */
  public static final int SALT = 16;

  /** Bytes of a ratchet header. */
  public static final int HEADER = 41;

  /** Bytes of randomness for a new session: ephemeral key, encapsulation, first ratchet key. */
  public static final int SESSION_RANDOM = 96;

  /** Rounds of SHA-512 behind each half of a safety number. */
  public static final int SAFETY_ROUNDS = 5200;

  private RatchetLimits() {}
}
