package dev.waxwing.crypto;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/**
 * Key bytes: copied in, destroyable, compared in constant time, printed as nothing. The JVM may
 * have made copies of its own while moving objects; destroying is best effort.
 */
public final class Secret implements AutoCloseable {
  private final byte[] value;
  private boolean destroyed;

  private Secret(byte[] value) {
    this.value = value;
  }

  /** A copy of {@code value}; the caller may wipe its own. */
  public static Secret copyOf(byte[] value) {
    return new Secret(value.clone());
  }

  /** A copy of {@code length} bytes of {@code value} from {@code from}. */
  public static Secret copyOf(byte[] value, int from, int length) {
    Objects.checkFromIndexSize(from, length, value.length);
    return new Secret(Arrays.copyOfRange(value, from, from + length));
  }

  /** Copies {@code value} in and fills the caller's array with zeros. */
  public static Secret take(byte[] value) {
    Secret secret = copyOf(value);
    Arrays.fill(value, (byte) 0);
    return secret;
  }

  /** Length in bytes. */
  public int length() {
    return value.length;
  }

  /**
   * Lends the bytes to {@code user}, which must neither keep nor change them.
   *
   * @throws IllegalStateException when destroyed
   */
  public <R> R use(Function<byte[], R> user) {
    if (destroyed) {
      throw new IllegalStateException("a destroyed secret was used");
    }
    return user.apply(value);
  }

  /** A copy that the caller must wipe. */
  public byte[] exposeCopy() {
    return use(byte[]::clone);
  }

  /** Fills the bytes with zeros; the secret cannot be used again. */
  public void destroy() {
    Arrays.fill(value, (byte) 0);
    destroyed = true;
  }

  /** Same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  /**
   * Equal by content, in time that depends on the length only; a destroyed secret equals nothing
   * but itself.
   */
  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Secret secret
            && !destroyed
            && !secret.destroyed
            && MessageDigest.isEqual(value, secret.value);
  }

  /** The same for every secret of a length: nothing leaks through hash tables. */
  @Override
  public int hashCode() {
    return value.length;
  }

  /** Shows nothing. */
  @Override
  public String toString() {
    return "Secret(" + value.length + " B)";
  }
}
