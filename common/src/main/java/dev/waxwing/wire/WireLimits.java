package dev.waxwing.wire;

/**
 * Every size on the wire, in one place. Units are bytes unless the name says otherwise.
 *
 * <pre>
 *  frame = one binary WebSocket message
 *  ┌──────────────┬──────────────────────────┬───────────────────┐
 *  │ u16be length │ JSON header, UTF-8       │ body              │
 *  └──────────────┴──────────────────────────┴───────────────────┘
 *        2              1 … 8192                0 … 262400
 * </pre>
 */
public final class WireLimits {
  private WireLimits() {}

  /** Version of the frame and header format. */
  public static final int VERSION = 1;

  /** Path of the peers' WebSocket. */
  public static final String PEER_PATH = "/v1/peer";

  /** The one port, unless the operator chooses another. */
  public static final int DEFAULT_PORT = 7380;

  /** The header's length field. */
  public static final int PREFIX = 2;

  /** Longest JSON header. */
  public static final int MAX_HEADER = 8192;

  /** Deepest nesting of a JSON header. */
  public static final int MAX_DEPTH = 16;

  /** Plaintext of one age chunk. */
  public static final int CHUNK = 65_536;

  /** One age chunk with its tag. */
  public static final int SEALED_CHUNK = CHUNK + 16;

  /** Header and nonce in front of an age file with one X25519 recipient. */
  public static final int AGE_PREFIX = 184;

  /** Chunks of a part. */
  public static final int CHUNKS_PER_PART = 16;

  /** A whole part; part 0 has {@link #AGE_PREFIX} more. */
  public static final int PART = SEALED_CHUNK * CHUNKS_PER_PART;

  /** Longest part. */
  public static final int MAX_PART = PART + AGE_PREFIX;

  /**
   * A slice: what one frame carries of a part, four chunks; the first of a blob has the prefix
   * more.
   */
  public static final int SLICE = SEALED_CHUNK * 4;

  /** Longest body of a frame: the first slice of a blob, rounded up. */
  public static final int MAX_BODY = 262_400;

  /** Longest frame. */
  public static final int MAX_FRAME = PREFIX + MAX_HEADER + MAX_BODY;

  /** Longest message plaintext before padding; anything longer is a file. */
  public static final int MAX_PLAINTEXT = 65_536;

  /**
   * Longest sealed message for one device: plaintext, padding, ratchet and first-message fields.
   */
  public static final int MAX_SEALED_MESSAGE = 72 * 1024;

  /** Most parts of a blob: 8 PiB of plaintext. */
  public static final long MAX_PARTS = 1L << 33;

  /** Most recipients of one blob. */
  public static final int MAX_RECIPIENTS = 256;

  /** Most devices of one user. */
  public static final int MAX_DEVICES = 16;

  /** Data connections of one device. */
  public static final int MAX_DATA_CONNECTIONS = 4;

  /** Longest blob in bytes. */
  public static final long MAX_BLOB = AGE_PREFIX + MAX_PARTS * PART;

  /** Whether a blob of {@code ciphertextSize} bytes is possible and has {@code parts} parts. */
  public static boolean isBlob(long parts, long ciphertextSize) {
    return ciphertextSize > 0 && ciphertextSize <= MAX_BLOB && partCount(ciphertextSize) == parts;
  }

  /** Number of parts of a blob of {@code ciphertextSize} bytes. */
  public static long partCount(long ciphertextSize) {
    long beyondPrefix = ciphertextSize - AGE_PREFIX;
    return Math.max(1, (beyondPrefix + PART - 1) / PART);
  }

  /** Where part {@code index} starts in the blob. */
  public static long partStart(long index) {
    return index == 0 ? 0 : AGE_PREFIX + index * PART;
  }

  /** Full length of part {@code index} when it is not the last. */
  public static int partLength(long index) {
    return index == 0 ? MAX_PART : PART;
  }

  /** Size of the age file that holds {@code plaintextSize} bytes. */
  public static long ciphertextSize(long plaintextSize) {
    long chunks = Math.max(1, (plaintextSize + CHUNK - 1) / CHUNK);
    return AGE_PREFIX + plaintextSize + 16 * chunks;
  }
}
