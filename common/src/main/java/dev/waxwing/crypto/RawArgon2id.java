package dev.waxwing.crypto;

/** Argon2id below the floor of {@link PasswordHash.Cost}: for self-tests, which must be quick. */
interface RawArgon2id {
  /** As {@link PasswordHash#derive}, with any work. */
  Secret raw(Secret passphrase, byte[] salt, Work work, int length);

  /**
   * Work without a floor.
   *
   * @param memoryKib memory in KiB
   * @param passes at least 1
   */
  record Work(int memoryKib, int passes) {}
}
