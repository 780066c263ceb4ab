package dev.waxwing.peer.session;

/** Where random bytes come from: the operating system, or a seed in a test. One thread. */
@FunctionalInterface
public interface Randomness {
  /** {@code length} fresh random bytes. */
  byte[] bytes(int length);
}
