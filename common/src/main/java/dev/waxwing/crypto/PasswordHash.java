package dev.waxwing.crypto;

/** Argon2id, version 0x13 (RFC 9106), one lane. Thread-safe; slow and memory-hungry by design. */
public interface PasswordHash {
  /** Salt length in bytes. */
  int SALT = 16;

  /**
   * A key from a passphrase.
   *
   * @param passphrase UTF-8 bytes
   * @param salt 16 bytes
   * @param cost refused below the floor
   * @param length bytes wanted
   */
  Secret derive(Secret passphrase, byte[] salt, Cost cost, int length);

  /** The provider's name, for the log. */
  String provider();

  /**
   * Work of one derivation.
   *
   * @param memoryKib memory in KiB, at least 65536
   * @param passes at least 3
   */
  record Cost(int memoryKib, int passes) {
    /** What new secrets get, and the floor a reader accepts: 64 MiB, 3 passes. */
    public static final Cost FLOOR = new Cost(65_536, 3);

    /** Refuses anything below the floor, so that nobody can talk a reader down. */
    public Cost {
      if (memoryKib < 65_536 || passes < 3 || memoryKib > 1 << 22 || passes > 64) {
        throw new IllegalArgumentException("Argon2id cost out of range");
      }
    }
  }
}
