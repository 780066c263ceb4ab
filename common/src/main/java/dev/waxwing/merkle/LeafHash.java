package dev.waxwing.merkle;

import dev.waxwing.wire.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash of one leaf (RFC 6962 section 2.1): {@code SHA-256(0x00 ‖ data)}, where the data arrives
 * in pieces. One thread; good for one leaf after another.
 */
public final class LeafHash {
  /** Length of every hash of a tree in bytes. */
  public static final int LENGTH = 32;

  private static final byte LEAF = 0x00;
  private static final byte NODE = 0x01;

  private final MessageDigest digest = sha256();

  /** Starts with a leaf without data. */
  public LeafHash() {
    digest.update(LEAF);
  }

  /** Adds {@code length} bytes of {@code data} from {@code from}. */
  public LeafHash update(byte[] data, int from, int length) {
    digest.update(data, from, length);
    return this;
  }

  /** The leaf's hash; the next leaf begins. */
  public Bytes finish() {
    Bytes hash = Bytes.of(digest.digest());
    digest.update(LEAF);
    return hash;
  }

  /** The hash of a leaf that is there in one piece. */
  public static Bytes of(byte[] data) {
    return new LeafHash().update(data, 0, data.length).finish();
  }

  /** The hash of an inner node: {@code SHA-256(0x01 ‖ left ‖ right)}. */
  static Bytes node(Bytes left, Bytes right) {
    MessageDigest digest = sha256();
    digest.update(NODE);
    digest.update(left.toArray());
    return Bytes.of(digest.digest(right.toArray()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
