package dev.waxwing.peer.store;

import dev.waxwing.crypto.Aead;
import dev.waxwing.crypto.PasswordHash;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a key file: a first line, the fields, and SHA-256 over both, so that damage is not
 * mistaken for a wrong passphrase.
 *
 * @param key the storage key, or with a passphrase the wrapped one
 * @param passphrase how it is wrapped; null when it is not
 */
record KeyFile(byte[] key, @Nullable Wrapping passphrase) {
  /** Length of keys in bytes. */
  static final int KEY = 32;

  private static final String MAGIC = "waxwing profile key";
  private static final long VERSION = 1;
  private static final int DIGEST = 32;

  /**
   * How a key is wrapped.
   *
   * @param salt 16 bytes
   * @param cost of Argon2id, never below the floor
   * @param commitment 32 bytes that only the right passphrase gives
   */
  record Wrapping(byte[] salt, PasswordHash.Cost cost, byte[] commitment) {
    /** What the wrapped key is bound to. */
    byte[] header() {
      return write(new Fields.Writer()).toArray();
    }

    Fields.Writer write(Fields.Writer out) {
      return out.bytes(salt).number(cost.memoryKib()).number(cost.passes()).bytes(commitment);
    }
  }

  byte[] encode() {
    Fields.Writer out = new Fields.Writer().text(MAGIC).number(VERSION);
    if (passphrase == null) {
      out.number(0);
    } else {
      passphrase.write(out.number(1));
    }
    byte[] fields = out.bytes(key).toArray();
    byte[] whole = Arrays.copyOf(fields, fields.length + DIGEST);
    System.arraycopy(digest(fields), 0, whole, fields.length, DIGEST);
    return whole;
  }

  /**
   * Reads a file.
   *
   * @throws Fault PROFILE_CORRUPT when it is damaged or its cost is below the floor,
   *     PROFILE_FOREIGN when a newer program wrote it
   */
  static KeyFile decode(byte[] whole) {
    int length = whole.length - DIGEST;
    if (length < 0) {
      throw damaged();
    }
    byte[] fields = Arrays.copyOf(whole, length);
    if (!MessageDigest.isEqual(digest(fields), Arrays.copyOfRange(whole, length, whole.length))) {
      throw damaged();
    }
    Fields.Reader in = new Fields.Reader(fields, FaultCode.PROFILE_CORRUPT);
    if (!in.text(MAGIC.length()).equals(MAGIC)) {
      throw damaged();
    }
    if (in.number() != VERSION) {
      throw new Fault(FaultCode.PROFILE_FOREIGN, "the profile's key file is of a newer kind");
    }
    Wrapping wrapping = in.count(1) == 0 ? null : wrapping(in);
    byte[] key = in.exactly(wrapping == null ? KEY : KEY + Aead.TAG).toArray();
    in.end();
    return new KeyFile(key, wrapping);
  }

  private static Wrapping wrapping(Fields.Reader in) {
    byte[] salt = in.exactly(PasswordHash.SALT).toArray();
    try {
      PasswordHash.Cost cost =
          new PasswordHash.Cost(in.count(Integer.MAX_VALUE), in.count(Integer.MAX_VALUE));
      return new Wrapping(salt, cost, in.exactly(KEY).toArray());
    } catch (IllegalArgumentException e) {
      throw damaged();
    }
  }

  static Fault damaged() {
    return new Fault(FaultCode.PROFILE_CORRUPT, "the profile's key file is damaged");
  }

  private static byte[] digest(byte[] fields) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(fields);
    } catch (NoSuchAlgorithmException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "the JDK has no SHA-256", e);
    }
  }

  /** Prints no key. */
  @Override
  public String toString() {
    return "KeyFile[" + (passphrase == null ? "bare" : "wrapped") + "]";
  }
}
